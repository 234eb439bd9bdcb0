# gsa_web(TARGET): builds the pages of web/ and compiles them into TARGET as gsa::embedded_web(), a
# list of {path, contents} (see src/base/embedded.h). The file names are known only after that
# build, so the list is written then; the assembler includes the bytes.
function(gsa_web target)
  set(web ${CMAKE_SOURCE_DIR}/web)
  file(GLOB_RECURSE inputs CONFIGURE_DEPENDS LIST_DIRECTORIES false ${web}/src/* ${web}/public/*)
  list(FILTER inputs EXCLUDE REGEX "\\.test\\.ts$")
  list(APPEND inputs ${web}/index.html ${web}/package-lock.json ${web}/vite.config.ts
    ${web}/svelte.config.js ${web}/tsconfig.json ${web}/compress.mjs)
  set(dist ${CMAKE_BINARY_DIR}/web)
  set(out ${CMAKE_BINARY_DIR}/embedded_web)
  add_custom_command(OUTPUT ${out}.cc ${out}.S
    COMMAND ${CMAKE_SOURCE_DIR}/scripts/web ${dist}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DDIR=${dist} -P ${CMAKE_SOURCE_DIR}/cmake/WriteIncluded.cmake
    DEPENDS ${inputs} ${CMAKE_SOURCE_DIR}/scripts/web ${CMAKE_SOURCE_DIR}/cmake/WriteIncluded.cmake
    COMMENT "Building the dashboard" VERBATIM)
  target_sources(${target} PRIVATE ${out}.cc ${out}.S)
  # The assembler does not know the compiler's options.
  set_source_files_properties(${out}.S PROPERTIES COMPILE_OPTIONS "-w")
endfunction()
