// One cluster, user or context of a kubeconfig, read field by field: what is wrong is collected, so
// that all of it can be told at once, as client-go's validation.go does. Used by the kubeconfig_*
// files only.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "kube/kubeconfig.hpp"

namespace kube {

using base::in_quotes;
using Problems = std::vector<std::string>;

class Fields {
  public:
    /// `what` names it in problems: "user \"dev\"". `entry` may be nullptr: then all is empty. What
    /// it refers to must outlive it.
    Fields(std::string what, const KubeconfigEntry* entry, Problems& problems)
        : what_(std::move(what)), file_(entry == nullptr ? "" : entry->file), problems_(problems) {
        if (entry != nullptr) body_ = &entry->body;
    }

    /// The fields of the map `name`; all is empty when there is none.
    Fields inside(const char* name) const;

    /// Whether it is set to something: not null, not "".
    bool has(const char* name) const { return value(name) != nullptr; }
    std::string text(const char* name) const;
    bool truth(const char* name) const;
    std::vector<std::string> texts(const char* name) const;
    /// A list of maps.
    std::vector<Fields> items(const char* name) const;
    /// A map of lists of texts, flat: a key comes once for each of its values.
    std::vector<std::pair<std::string, std::string>> pairs(const char* name) const;
    /// A path, as seen from the folder of the file that names it.
    std::string path(const char* name) const;
    std::string beside_file(const std::string& path) const;
    std::string decoded(const char* name) const;
    const base::Json* value(const char* name) const;

    void problem(std::string text) const { problems_.push_back(std::move(text)); }

  private:
    Fields(const Fields& outer, const char* name, const base::Json* body)
        : what_(outer.what_ + ": " + name),
          file_(outer.file_),
          body_(body),
          problems_(outer.problems_) {}
    std::vector<std::string> texts_of(const char* name, const base::Json& list) const;

    std::string what_;
    std::string file_;
    const base::Json* body_ = nullptr;
    Problems& problems_;
};

/// The file's content; a problem in client-go's words when it cannot be read or is empty. "" for no
/// path.
std::string content_of(const std::string& path, const std::string& called, const std::string& owner,
                       Problems& problems);

}  // namespace kube
