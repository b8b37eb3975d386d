// A login by exec plugin, for tests: a script that prints what the test gave it last, and counts
// its runs.
#pragma once

#include <filesystem>

#include "base/object.hpp"
#include "support/folder.hpp"

namespace support {

class ExecLogin {
  public:
    ExecLogin();

    /// What the plugin says from now on: the status of an ExecCredential, {"token": ...}.
    void give(const base::Json& status) const;
    std::size_t runs() const;
    /// The user for a kubeconfig.
    base::Json user() const;
    /// A folder that goes with it, for that kubeconfig.
    const std::filesystem::path& folder() const { return folder_.path; }

  private:
    std::filesystem::path file(const char* name) const { return folder_.path / name; }

    Folder folder_;
};

}  // namespace support
