# Writes OUT, a C++ source with the bytes of FILES (all below DIR) as gsa::NAME().
set(arrays "")
set(entries "")
set(index 0)
foreach(file ${FILES})
  file(READ ${file} hex HEX)
  file(RELATIVE_PATH path ${DIR} ${file})
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "constexpr unsigned char kFile${index}[] = {${bytes}0};\n")
  string(APPEND entries "    {\"${path}\", {reinterpret_cast<const char*>(kFile${index}), sizeof(kFile${index}) - 1}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUT} "#include \"base/embedded.h\"\n\nnamespace gsa {\nnamespace {\n${arrays}}\n\n"
  "std::vector<EmbeddedFile> ${NAME}() {\n  return {\n${entries}  };\n}\n\n}\n")
