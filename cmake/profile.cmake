# Profile-guided optimization: a program that counts how often each branch is taken does what users do
# (tools/build.d/train), and is compiled again with its counts. tools/build --profile does both: the presets `training`
# and `profiled` are its two builds, in one folder, since the counts are found by the paths of sources and objects, some
# of which are made there.
set(SAGACTL_PROFILE "" CACHE STRING "generate: a program that counts; use: one compiled with the counts; empty: neither")
set(SAGACTL_PROFILE_FOLDER ${CMAKE_BINARY_DIR}/counts CACHE PATH "Where the counts are")
set_property(CACHE SAGACTL_PROFILE PROPERTY STRINGS "" generate use)
if(NOT SAGACTL_PROFILE)
  return()
endif()
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  message(FATAL_ERROR "SAGACTL_PROFILE: it is made for g++; this is ${CMAKE_CXX_COMPILER_ID}")
endif()

# Names of counts without the folder of the build, which would make them long.
add_compile_options(-fprofile-prefix-path=${CMAKE_BINARY_DIR})
if(SAGACTL_PROFILE STREQUAL "generate")
  # Threads that count the same branch at once lose no count, where the processor can do that.
  add_compile_options(-fprofile-generate=${SAGACTL_PROFILE_FOLDER} -fprofile-update=prefer-atomic)
  add_link_options(-fprofile-generate=${SAGACTL_PROFILE_FOLDER})
elseif(SAGACTL_PROFILE STREQUAL "use")
  # What the training did not reach is compiled as without a profile, not for size.
  add_compile_options(-fprofile-use=${SAGACTL_PROFILE_FOLDER} -fprofile-partial-training -Wno-missing-profile)
else()
  message(FATAL_ERROR "SAGACTL_PROFILE is '${SAGACTL_PROFILE}'; it can be generate, use, or empty")
endif()
