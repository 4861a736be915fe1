# `cpack -G DEB` makes a package for the release of Debian or Ubuntu that it runs on; tools/package does that, and the
# rest of a release.
set(CPACK_PACKAGE_NAME sagactl)
set(CPACK_PACKAGE_VENDOR sagactl)
set(CPACK_PACKAGE_CONTACT "the authors of sagactl <sagactl@example.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "saga server, its operator's commands, and load tests with verdicts")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "One program: `sagactl serve` runs sagas, over one SQLite file on one machine or
over PostgreSQL, Redis and Kafka on several; the other commands operate it, and
send load and then check in the database whether the results are correct.")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_GENERATOR DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_THREADS 0)
# With DESTDIR the prefix is the one that the files will have, which they name.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)

# A package of a later release replaces that of an earlier one: 0.1.0-1+debian12 comes before 0.1.0-1+debian13.
set(release 1)
if(EXISTS /etc/os-release)
  file(STRINGS /etc/os-release lines REGEX "^(ID|VERSION_ID)=")
  foreach(line ${lines})
    if(line MATCHES "^([A-Z_]+)=\"?([^\"]*)\"?$")
      set(os_${CMAKE_MATCH_1} ${CMAKE_MATCH_2})
    endif()
  endforeach()
  set(release "1+${os_ID}${os_VERSION_ID}")
endif()
set(CPACK_DEBIAN_PACKAGE_RELEASE ${release})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Without the certificates of authorities no participant can be called over TLS.
set(CPACK_DEBIAN_PACKAGE_DEPENDS ca-certificates)
# Loaded only when a load test reads a MySQL, MariaDB or MongoDB database.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libmariadb3, libmongoc-1.0-0")
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${CMAKE_SOURCE_DIR}/packaging/debian/postinst
    ${CMAKE_SOURCE_DIR}/packaging/debian/prerm
    ${CMAKE_SOURCE_DIR}/packaging/debian/postrm)
set(CPACK_SAGACTL_SOURCES ${CMAKE_SOURCE_DIR})
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/package_debian.cmake)
include(CPack)
