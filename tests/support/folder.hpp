// A folder of its own for a test, which goes when the test ends.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace support {

class Folder {
  public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "omr-test-XXXXXX").string();
        path = mkdtemp(name.data());
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path); }

    std::filesystem::path path;
};

}  // namespace support
