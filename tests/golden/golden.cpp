#define DOCTEST_CONFIG_IMPLEMENT
#include "golden.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace golden {
namespace {

constexpr int skipped = 77;

std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
}

}  // namespace

bool accepting() {
    const char* accept = std::getenv("ACCEPT");
    return accept != nullptr && std::string(accept) == "1";
}

void check(const std::string& file, const std::string& text) {
    const std::string path = std::string(GOLDEN_FOLDER) + "/" + file;
    if (accepting()) {
        std::ofstream(path, std::ios::binary) << text;
        return;
    }
    INFO("ACCEPT=1 rewrites ", path);
    CHECK(text == content(path));
}

}  // namespace golden

int main(int argc, char** argv) {
    doctest::Context context(argc, argv);
    const int code = context.run();
    return code == 0 && golden::accepting() ? golden::skipped : code;
}
