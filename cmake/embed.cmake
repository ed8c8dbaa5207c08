# cmake -DIN=FILE -DOUT=FILE.c -DFOLDER=FOLDER -DNAME=NAME -P embed.cmake: a C file with NAME_text(), the text of IN.
file(READ "${IN}" hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
file(WRITE "${OUT}" "#include \"${FOLDER}/${NAME}.h\"\n\nstatic const char text[] = {\n${bytes}};\n
struct str ${NAME}_text(void)\n{\n    return (struct str){text, sizeof(text)};\n}\n")
