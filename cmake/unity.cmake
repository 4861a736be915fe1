# Several files are compiled as one, to read headers and instantiate templates once for all of them: that takes most of a
# compiler's time. Used where everything is built once (continuous integration, releases); the preset dev compiles each
# file alone, so that an edit of one is built quickly. Names in unnamed namespaces therefore have to be unique within a
# module, except in files that are named as compiled alone; tools/lint finds one that is not.
option(SAGACTL_UNITY "Compile several files at once" ON)

# How many: as many as a processor compiles in about 20 s, so that all processors are busy to the end. A release has
# twice as many, since nobody edits one of them and builds again, and headers are read less often. clang-tidy, which
# spends most of its time on headers, reads a whole module as one (0): a third of the time.
set(SAGACTL_FILES_AT_ONCE "" CACHE STRING "Files of each module that are compiled as one; empty: what suits the module; 0: all")
set(files_at_once 6)
set(files_at_once_in_analysis 18)
set(files_at_once_in_cli 18)
set(files_at_once_in_loadgen 11)
set(files_at_once_in_adapter_postgres 13)
set(files_at_once_in_adapter_sqlite 12)
set(files_at_once_in_adapter_redis 11)
set(files_at_once_in_http 10)
set(files_at_once_in_api 12)
set(files_at_once_in_test_api 10)
set(files_at_once_in_test_contract 10)
set(files_at_once_in_test_cli 10)

function(compile_together target)
  if(SAGACTL_UNITY)
    set(count ${files_at_once})
    if(DEFINED files_at_once_in_${target})
      set(count ${files_at_once_in_${target}})
    endif()
    if(NOT SAGACTL_FILES_AT_ONCE STREQUAL "")
      set(count ${SAGACTL_FILES_AT_ONCE})
    elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
      math(EXPR count "2 * ${count}")
    endif()
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${count})
    # To the compiler, all of these files are headers of the one that includes them, which is what it warns of.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage -Wno-shadow)
  endif()
endfunction()

function(compile_alone target)
  set_source_files_properties(${ARGN} TARGET_DIRECTORY ${target} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
