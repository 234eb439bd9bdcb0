#include "app/app.h"

int main(int argc, char** argv) { return gsa::app::main(argc, argv); }
