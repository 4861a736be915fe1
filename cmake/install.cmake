# `cmake --install`: the program, its manual page, what the shells complete, and what systemd reads. The manual page and
# the completions are printed by the program itself, when it is installed.
include(GNUInstallDirs)
if(TARGET sagactl)
  install(TARGETS sagactl)
  install(CODE "set(program \"$<TARGET_FILE:sagactl>\")\nset(sources \"${CMAKE_SOURCE_DIR}\")")
  install(CODE "set(programs \"${CMAKE_INSTALL_BINDIR}\")\nset(manuals \"${CMAKE_INSTALL_MANDIR}\")\nset(data \"${CMAKE_INSTALL_DATADIR}\")")
  install(SCRIPT ${CMAKE_CURRENT_LIST_DIR}/install_printed.cmake)
  # systemd looks in lib, whatever the machine calls its folder of libraries.
  install(FILES packaging/systemd/sysusers.conf DESTINATION lib/sysusers.d RENAME sagactl.conf)
  install(FILES packaging/systemd/tmpfiles.conf DESTINATION lib/tmpfiles.d RENAME sagactl.conf)
endif()
