# `cmake --install`: the program, its manual page and what the shells complete. The latter are printed by the program
# itself, when it is installed.
include(GNUInstallDirs)
if(TARGET sagactl)
  install(TARGETS sagactl)
  install(CODE "set(program \"$<TARGET_FILE:sagactl>\")")
  install(CODE "set(manuals \"${CMAKE_INSTALL_MANDIR}\")\nset(data \"${CMAKE_INSTALL_DATADIR}\")")
  install(SCRIPT ${CMAKE_CURRENT_LIST_DIR}/install_printed.cmake)
endif()
