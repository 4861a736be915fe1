# Every third-party library, found once.

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
find_package(Boost 1.81 REQUIRED CONFIG)
find_package(SQLite3 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(PkgConfig REQUIRED)
pkg_check_modules(BROTLI REQUIRED IMPORTED_TARGET libbrotlidec)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(NGHTTP2 REQUIRED IMPORTED_TARGET libnghttp2)
pkg_check_modules(ARGON2 REQUIRED IMPORTED_TARGET libargon2)
pkg_check_modules(CRYPT REQUIRED IMPORTED_TARGET libcrypt)
pkg_check_modules(PQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(PQXX REQUIRED IMPORTED_TARGET libpqxx)
pkg_check_modules(HIREDIS REQUIRED IMPORTED_TARGET hiredis)
# Its -D_FILE_OFFSET_BITS says nothing new to a 64-bit machine, and would keep the precompiled headers from being used.
set_target_properties(PkgConfig::HIREDIS PROPERTIES INTERFACE_COMPILE_OPTIONS "")
# Only its header: the library is loaded when a load test reads such a database (cli/foreign/mysql_library.hpp).
pkg_check_modules(MARIADB REQUIRED libmariadb)
add_library(mariadb_header INTERFACE)
target_include_directories(mariadb_header SYSTEM INTERFACE ${MARIADB_INCLUDE_DIRS})
pkg_check_modules(RDKAFKA REQUIRED IMPORTED_TARGET rdkafka)
if(NOT SAGACTL_SANITIZE)  # sanitizers bring an allocator of their own
  pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)
endif()
if(SAGACTL_TESTS)
  find_package(GTest REQUIRED)
endif()

# Asio and Beast, compiled once instead of in every file that includes them.
add_library(asio STATIC cmake/asio.cpp)
target_compile_definitions(asio PUBLIC BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
                                       BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(asio PUBLIC Boost::headers Threads::Threads OpenSSL::SSL)

# Boost.URL: 1.81 has all of it in its headers, which are compiled here; later ones have a library.
if(Boost_VERSION VERSION_LESS 1.82)
  add_library(boost_url STATIC cmake/url.cpp)
  target_compile_definitions(boost_url PUBLIC BOOST_URL_NO_LIB)
  target_link_libraries(boost_url PUBLIC Boost::headers)
else()
  find_package(Boost REQUIRED CONFIG COMPONENTS url)
  add_library(boost_url INTERFACE)
  target_link_libraries(boost_url INTERFACE Boost::url)
endif()
