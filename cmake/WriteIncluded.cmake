# Writes OUT.S, which includes the bytes of every file below DIR, and OUT.cc, with
# gsa::embedded_web().
file(GLOB_RECURSE files LIST_DIRECTORIES false ${DIR}/*)
list(SORT files)
set(bytes ".section .rodata\n")
set(declarations "")
set(entries "")
set(index 0)
foreach(file ${files})
  file(RELATIVE_PATH path ${DIR} ${file})
  string(APPEND bytes
    ".balign 16\n.global gsa_web_${index}\ngsa_web_${index}:\n.incbin \"${file}\"\n"
    ".global gsa_web_${index}_end\ngsa_web_${index}_end:\n.byte 0\n")
  string(APPEND declarations "extern const char gsa_web_${index}[], gsa_web_${index}_end[];\n")
  string(APPEND entries
    "      {\"${path}\", {gsa_web_${index}, static_cast<std::size_t>(gsa_web_${index}_end - gsa_web_${index})}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUT}.S "${bytes}.section .note.GNU-stack,\"\",%progbits\n")
file(WRITE ${OUT}.cc "// Written by cmake/WriteIncluded.cmake.
#include \"serve/web_files.h\"

extern \"C\" {
${declarations}}

namespace gsa {

std::vector<EmbeddedFile> embedded_web() {
  return {
${entries}  };
}

}  // namespace gsa
")
