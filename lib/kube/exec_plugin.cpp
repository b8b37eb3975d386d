#include "kube/exec_plugin.hpp"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <map>
#include <string_view>

#include "base/clock.hpp"
#include "base/object.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "kube/child_process.hpp"

namespace kube {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;
using base::Result;
using base::Secret;

constexpr std::string_view api = "client.authentication.k8s.io/";

std::unexpected<Error> refuse(const std::string& what, std::string hint,
                              ErrorKind kind = ErrorKind::Malformed) {
    return base::fail(kind, "Unable to connect to the server: getting credentials: " + what,
                      std::move(hint));
}

std::string executable(const ExecPlugin& plugin) {
    return "exec: executable " + base::printable(plugin.command);
}

std::string whose(const ExecPlugin& plugin) {
    return plugin.user.empty() ? "the kubeconfig"
                               : "the kubeconfig's user " + base::printable(plugin.user);
}

// What to do about an answer that is none.
std::string look_at_it(const ExecPlugin& plugin) {
    return whose(plugin) + " gets its credentials from " + base::printable(plugin.command) +
           ": run it by hand to see what it prints, or log in in another way";
}

// Whether the program may use the terminal.
Result<bool> interactive(const ExecPlugin& plugin) {
    const bool terminal = ::isatty(STDIN_FILENO) == 1;
    switch (plugin.interactive) {
        case ExecPlugin::Interactive::Never:
            return false;
        case ExecPlugin::Interactive::IfAvailable:
            return plugin.terminal && terminal;
        case ExecPlugin::Interactive::Always:
            if (plugin.terminal && terminal) return true;
            break;
    }
    return refuse(
        std::string("exec plugin cannot support interactive mode: standard input is ") +
            (plugin.terminal ? "not a terminal" : "unavailable: the terminal is not to be used"),
        whose(plugin) + " needs a person at a terminal to log in; use a token instead");
}

// As client-go writes it, order and line break included.
Result<std::string> exec_info(const ExecPlugin& plugin, bool interactive) {
    std::string cluster;
    if (!plugin.cluster.empty()) {
        const Json parsed = Json::parse(plugin.cluster, nullptr, false);
        if (!parsed.is_object()) {
            return refuse("exec: the cluster cannot be told to the program: it is no JSON object",
                          "leave provideClusterInfo out of " + whose(plugin));
        }
        cluster = R"("cluster":)" + parsed.dump() + ",";
    }
    return R"({"kind":"ExecCredential","apiVersion":)" + Json(plugin.api_version).dump() +
           R"(,"spec":{)" + cluster + R"("interactive":)" + (interactive ? "true" : "false") +
           "}}\n";
}

using Variables = std::map<std::string, Secret>;

Variables own_environment() {
    Variables out;
    for (char** line = ::environ; line != nullptr && *line != nullptr; ++line) {
        const std::string_view text = *line;
        const auto sign = text.find('=');
        if (sign == std::string_view::npos) continue;
        out.insert_or_assign(std::string(text.substr(0, sign)),
                             Secret(std::string(text.substr(sign + 1))));
    }
    return out;
}

std::vector<Secret> environment_for(const ExecPlugin& plugin, std::string info) {
    Variables all = own_environment();
    for (const auto& [name, value] : plugin.environment) {
        all.insert_or_assign(name, value.duplicate());
    }
    all.insert_or_assign("KUBERNETES_EXEC_INFO", Secret(std::move(info)));
    std::vector<Secret> lines;
    lines.reserve(all.size());
    for (const auto& [name, value] : all) lines.emplace_back(name + "=" + value.reveal());
    return lines;
}

std::unexpected<Error> not_found(const ExecPlugin& plugin) {
    std::string hint = "it looks as if " + whose(plugin) +
                       " uses a client-go credential plugin that is not installed";
    const std::string_view install = base::trimmed(plugin.install_hint);
    if (!install.empty()) hint += "\n" + base::printable(install);
    return refuse(executable(plugin) + " not found", std::move(hint));
}

std::string how_to_make_it_start(const ExecPlugin& plugin, int error) {
    const std::string path = base::printable(plugin.command);
    switch (error) {
        case EACCES:
            return "make it executable: chmod +x " + path;
        case ENOENT:
            return "the file is there, but not the interpreter that its first line names";
        case ENOEXEC:
            return "it is no program for this machine, or a script without a #! line";
        default:
            return look_at_it(plugin);
    }
}

std::unexpected<Error> not_started(const ExecPlugin& plugin, int error) {
    const bool missing = error == ENOENT || error == ENOTDIR;
    if (missing && ::access(plugin.command.c_str(), F_OK) != 0 && plugin.command.contains('/')) {
        return not_found(plugin);
    }
    return refuse(
        "exec: fork/exec " + base::printable(plugin.command) + ": " + base::reason_of(error),
        how_to_make_it_start(plugin, error));
}

std::string readable(std::chrono::milliseconds duration) {
    if (duration < std::chrono::seconds(1)) return std::to_string(duration.count()) + "ms";
    return base::human(std::chrono::floor<std::chrono::seconds>(duration));
}

// A text of the answer, taken out of it, so that no copy stays behind; empty when it is missing.
Result<Secret> take_text(const ExecPlugin& plugin, Json& status, const char* key) {
    const auto value = status.find(key);
    if (value == status.end() || value->is_null()) return Secret();
    if (!value->is_string()) {
        return refuse(std::string("decoding stdout: status.") + key + " is no string",
                      look_at_it(plugin));
    }
    return Secret(std::move(value->get_ref<std::string&>()));
}

// What the program printed is not to be shown; but a version of the API is surely no secret.
std::string returned_version(std::string_view version) {
    const bool known =
        version.starts_with(api) && version.size() < api.size() + 10 &&
        std::ranges::all_of(
            version.substr(api.size()), [](unsigned char c) { return std::isalnum(c) != 0; });
    return known ? "version " + std::string(version) : "an object of another API";
}

Result<void> check_type(const ExecPlugin& plugin, const Json& answer) {
    const std::string version = base::text_or_empty(answer, "/apiVersion");
    // client-go knows by the version what it is
    const std::string kind = base::text_at(answer, "/kind").value_or("ExecCredential");
    if (version.empty()) {
        return refuse("decoding stdout: Object 'apiVersion' is missing", look_at_it(plugin));
    }
    if (version != plugin.api_version) {
        return refuse("exec plugin is configured to use API version " +
                          base::printable(plugin.api_version) + ", plugin returned " +
                          returned_version(version),
                      "make the apiVersion of " + whose(plugin) +
                          " the one that the program prints, or update the program");
    }
    if (kind == "ExecCredential") return {};
    return refuse("decoding stdout: it is no ExecCredential", look_at_it(plugin));
}

using Moment = std::chrono::system_clock::time_point;

// The clock's nanoseconds end in 2262, and programs write the year 9999 for "never"; the year 1 is
// Go's zero time, which client-go takes for none.
std::optional<Moment> expiry(base::Time time) {
    if (time >= std::chrono::floor<std::chrono::seconds>(Moment::max())) return std::nullopt;
    if (time == std::chrono::sys_days(std::chrono::year(1) / 1 / 1)) return std::nullopt;
    return std::max(time, base::Time());
}

Result<std::optional<Moment>> expires(const ExecPlugin& plugin, Json& status) {
    const auto text = take_text(plugin, status, "expirationTimestamp");
    if (!text) return std::unexpected(text.error());
    if (text->empty()) return std::nullopt;
    const auto time = base::parse_rfc3339(text->reveal());
    if (time) return expiry(*time);
    return refuse("decoding stdout: status.expirationTimestamp is no RFC 3339 time",
                  look_at_it(plugin));
}

Result<ExecCredential> credential(const ExecPlugin& plugin, Secret token, Secret certificate,
                                  Secret key) {
    if (token.empty() && certificate.empty() && key.empty()) {
        return refuse("exec plugin didn't return a token or cert/key pair", look_at_it(plugin));
    }
    if (certificate.empty() != key.empty()) {
        return refuse("exec plugin returned only certificate or key, not both", look_at_it(plugin));
    }
    if (!is_sendable(token)) {
        return refuse("exec plugin returned a token with characters that no token has",
                      look_at_it(plugin));
    }
    ExecCredential out{.token = std::move(token)};
    if (!key.empty()) {
        out.certificate = {.chain_pem = certificate.reveal(), .key_pem = std::move(key)};
    }
    return out;
}

Result<ExecCredential> read_status(const ExecPlugin& plugin, Json& status) {
    auto token = take_text(plugin, status, "token");
    if (!token) return std::unexpected(token.error());
    auto certificate = take_text(plugin, status, "clientCertificateData");
    if (!certificate) return std::unexpected(certificate.error());
    auto key = take_text(plugin, status, "clientKeyData");
    if (!key) return std::unexpected(key.error());
    const auto until = expires(plugin, status);
    if (!until) return std::unexpected(until.error());
    auto out = credential(plugin, std::move(*token), std::move(*certificate), std::move(*key));
    if (out) out->expires = *until;
    return out;
}

Result<ExecCredential> read_answer(const ExecPlugin& plugin, const Secret& output) {
    Json answer = Json::parse(output.reveal(), nullptr, false);
    if (!answer.is_object() && !output.reveal().starts_with('{')) {  // client-go reads YAML, too
        auto yaml = base::parse_yaml(output.reveal());
        if (yaml) answer = std::move(*yaml);
    }
    if (!answer.is_object()) {
        return refuse("decoding stdout: it is no JSON object", look_at_it(plugin));
    }
    if (const auto right = check_type(plugin, answer); !right) {
        return std::unexpected(right.error());
    }
    Json& status = answer["status"];
    if (status.is_null()) {
        return refuse("exec plugin didn't return a status field", look_at_it(plugin));
    }
    if (status.is_object()) return read_status(plugin, status);
    return refuse("decoding stdout: status is no object", look_at_it(plugin));
}

Result<ExecCredential> understand(const ExecPlugin& plugin, const ChildCommand& command,
                                  const ChildResult& result) {
    const std::string code = std::to_string(result.code);
    switch (result.end) {
        case ChildEnd::Exited:
            if (result.code == 0) return read_answer(plugin, result.output);
            return refuse(
                executable(plugin) + " failed with exit code " + code,
                "its own messages stand above; log in again for " + whose(plugin) + ", then retry");
        case ChildEnd::Killed:
            return refuse(executable(plugin) + " was killed by signal " + code + " (" +
                              ::strsignal(result.code) + ")",
                          look_at_it(plugin));
        case ChildEnd::NotStarted:
            return not_started(plugin, result.code);
        case ChildEnd::TimedOut:
            return refuse(
                executable(plugin) + " did not finish within " + readable(command.patience),
                "it may be waiting for a person: log in with it in a terminal first, then retry",
                ErrorKind::TimedOut);
        case ChildEnd::Interrupted:
            return base::interrupted();
        case ChildEnd::TooMuchOutput:
            break;
    }
    return refuse(executable(plugin) + " printed more than credentials can be (1 MiB)",
                  look_at_it(plugin));
}

std::optional<std::string> program_of(const ExecPlugin& plugin) {
    return plugin.command.contains('/') ? plugin.command : look_up_program(plugin.command);
}

}  // namespace

bool is_sendable(const Secret& token) {
    return std::ranges::all_of(token.reveal(), [](char c) { return c > 0x20 && c < 0x7f; });
}

Result<ExecCredential> run_exec_plugin(const ExecPlugin& plugin, const std::stop_token& stop,
                                       const ExecLimits& limits) {
    const auto person = interactive(plugin);
    if (!person) return std::unexpected(person.error());
    const auto program = program_of(plugin);
    if (!program) return not_found(plugin);
    auto info = exec_info(plugin, *person);
    if (!info) return std::unexpected(info.error());
    ChildCommand command{.path = *program,
                         .argv = {plugin.command},
                         .environment = environment_for(plugin, std::move(*info)),
                         .inherit_stdin = *person,
                         .patience = *person ? limits.interactive : limits.quiet};
    command.argv.insert(command.argv.end(), plugin.arguments.begin(), plugin.arguments.end());
    const ChildResult result = run_child(command, stop);
    auto out = understand(plugin, command, result);
    // the terminal's Ctrl-C goes to the program as well, which then fails by itself
    if (!out && stop.stop_requested()) return base::interrupted();
    return out;
}

}  // namespace kube
