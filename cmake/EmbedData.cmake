# cmake -DFOLDER=data -DOUTPUT=records.cpp -P EmbedData.cmake
# Writes every record of the folder as a string literal, so that the program needs no data files beside it.
file(GLOB_RECURSE records RELATIVE ${FOLDER} ${FOLDER}/*.toml)
list(SORT records)
set(text "#include \"app/records/embedded_records.hpp\"\n\nnamespace vitral::records {\n\n")
string(APPEND text "std::span<const EmbeddedRecord> embedded_records() {\n    static constexpr EmbeddedRecord records[] = {\n")
foreach(record IN LISTS records)
  file(READ ${FOLDER}/${record} content)
  string(APPEND text "        {\"${record}\", R\"~~~(${content})~~~\"},\n")
endforeach()
string(APPEND text "    };\n    return records;\n}\n\n}  // namespace vitral::records\n")
file(WRITE ${OUTPUT} "${text}")
