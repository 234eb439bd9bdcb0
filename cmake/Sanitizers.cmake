if(GSA_SANITIZE)
  add_compile_options(-fsanitize=${GSA_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -g1)
  add_link_options(-fsanitize=${GSA_SANITIZE})
  if(GSA_SANITIZE MATCHES "thread")
    add_link_options(-Wl,--version-script=${CMAKE_SOURCE_DIR}/cmake/tsan.ver)
  endif()
endif()
# Simulated values must not depend on whether the compiler fuses a multiply and an add.
add_compile_options(-ffp-contract=off)
