// The real binary, run against the sandbox's two clusters.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/object.hpp"
#include "mtc/names.hpp"
#include "sandbox/world.hpp"
#include "support/folder.hpp"
#include "support/process.hpp"
#include "support/types.hpp"

namespace plugin_test {

using support::Folder;

/// A person with a kubeconfig and a home.
class Person {
  public:
    explicit Person(std::filesystem::path kubeconfig) : kubeconfig_(std::move(kubeconfig)) {}

    support::ProcessOptions options(bool terminal = false) const {
        return {.environment = {{"PATH", "/usr/bin:/bin"},
                                {"HOME", home.path.string()},
                                {"KUBECONFIG", kubeconfig_.string()},
                                {"LANG", "C.UTF-8"},
                                {"TERM", "xterm-256color"}},
                .terminal = terminal};
    }
    static std::vector<std::string> command(std::vector<std::string> words) {
        words.insert(words.begin(), OC_MTC_ROLLBACK);
        return words;
    }
    support::Ended runs(const std::vector<std::string>& words) const {
        return support::run_process(command(words), options());
    }

    Folder home;

  private:
    std::filesystem::path kubeconfig_;
};

inline sandbox::WorldOptions https() {
    return {.https = true};
}

inline std::size_t rollbacks(const support::Store& store) {
    std::size_t n = 0;
    for (const base::Object& o : store.all(mtc::types::migmigrations)) {
        if (base::bool_at(o.body, "/spec/rollback").value_or(false)) ++n;
    }
    return n;
}

inline std::int64_t replicas(const support::Store& store, const std::string& name) {
    const auto object = store.peek({support::types::deployments, "shop", name});
    return object ? base::number_at(object->body, "/spec/replicas").value_or(-1) : -1;
}

inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Access reviews are POSTs, and write nothing; neither does a dry run.
inline bool is_write(const std::string& request) {
    return !request.starts_with("GET ") && !has(request, "selfsubject") &&
           !has(request, "dryRun=All");
}

/// On both clusters, since their requests were last forgotten.
inline std::size_t writes(sandbox::World& world) {
    std::size_t n = 0;
    for (sandbox::ApiServer* server : {&world.source_server(), &world.target_server()}) {
        for (const std::string& request : server->requests()) n += is_write(request) ? 1 : 0;
    }
    return n;
}

inline support::Ended ends_with(int code, support::Ended ended) {
    CAPTURE(ended.out);
    CAPTURE(ended.err);
    CHECK(ended.code == code);
    return ended;
}

}  // namespace plugin_test
