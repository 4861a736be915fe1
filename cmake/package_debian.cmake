# Run by cpack before it packs: what Debian wants otherwise than `cmake --install` does it. Its manual pages are
# compressed, and every package has its copyright.
if(NOT CPACK_GENERATOR STREQUAL "DEB")
  return()
endif()
set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr)
file(COPY ${CPACK_SAGACTL_SOURCES}/packaging/debian/copyright DESTINATION ${root}/share/doc/sagactl)
# Zsh looks in vendor-completions on Debian, in site-functions elsewhere.
file(RENAME ${root}/share/zsh/site-functions ${root}/share/zsh/vendor-completions)
execute_process(COMMAND gzip -9n ${root}/share/man/man1/sagactl.1 COMMAND_ERROR_IS_FATAL ANY)
file(GLOB_RECURSE files ${root}/share/*)
file(CHMOD ${files} PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
