# gsa_embed(TARGET NAME DIR): compiles every file below DIR into TARGET as gsa::NAME(), a list of
# {path relative to DIR, contents} (see src/base/embedded.h).
function(gsa_embed target name dir)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS LIST_DIRECTORIES false ${dir}/*)
  list(FILTER files EXCLUDE REGEX "/(target|logs|dbt_packages)/|\\.user\\.yml$")
  list(SORT files)
  set(out ${CMAKE_BINARY_DIR}/${name}.cc)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DNAME=${name} -DDIR=${dir} "-DFILES=${files}"
            -P ${CMAKE_SOURCE_DIR}/cmake/WriteEmbedded.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/WriteEmbedded.cmake VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()

# gsa_embed_file(TARGET NAME FILE): the same of one file.
function(gsa_embed_file target name file)
  get_filename_component(dir ${file} DIRECTORY)
  set(out ${CMAKE_BINARY_DIR}/${name}.cc)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DNAME=${name} -DDIR=${dir} -DFILES=${file}
            -P ${CMAKE_SOURCE_DIR}/cmake/WriteEmbedded.cmake
    DEPENDS ${file} ${CMAKE_SOURCE_DIR}/cmake/WriteEmbedded.cmake VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
