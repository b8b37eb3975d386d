#include "plugin/options_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "plugin/exit_code.hpp"
#include "plugin/options_set.hpp"
#include "plugin/render_evidence.hpp"
#include "rollback/acceptance.hpp"

namespace plugin {
namespace {

using std::chrono::milliseconds;

template <class T, std::size_t N>
using Choices = std::array<std::pair<std::string_view, T>, N>;

template <class T, std::size_t N>
std::optional<T> chosen(const Choices<T, N>& choices, std::string_view word) {
    for (const auto& [name, value] : choices) {
        if (name == word) return value;
    }
    return std::nullopt;
}

template <class T, std::size_t N>
T choice_of(const FlagValues& values, const char* flag, const Choices<T, N>& choices, T otherwise,
            const std::string& why) {
    if (!values.has(flag)) return otherwise;
    const auto choice = chosen(choices, values.text(flag));
    if (!choice) values.invalid(flag, why);
    return *choice;
}

OutputFormat output_of(const FlagValues& values) {
    static constexpr Choices<OutputFormat, 6> choices{{{"", OutputFormat::Text},
                                                       {"wide", OutputFormat::Wide},
                                                       {"json", OutputFormat::Json},
                                                       {"yaml", OutputFormat::Yaml},
                                                       {"name", OutputFormat::Name},
                                                       {"commands", OutputFormat::Commands}}};
    if (!values.has("output")) return OutputFormat::Text;
    const auto format = chosen(choices, values.text("output"));
    if (!format)
        wrong_usage("unable to match a printer suitable for the output format \"" +
                    values.text("output") + "\", allowed formats are: json,name,wide,yaml");
    return *format;
}

DryRun dry_run_of(const FlagValues& values) {
    static constexpr Choices<DryRun, 3> choices{
        {{"none", DryRun::None}, {"client", DryRun::Client}, {"server", DryRun::Server}}};
    if (!values.has("dry-run")) return DryRun::None;
    const auto mode = chosen(choices, values.text("dry-run"));
    if (!mode)
        wrong_usage("Invalid dry-run value (" + values.text("dry-run") +
                    R"(). Must be "none", "server", or "client".)");
    return *mode;
}

ProgressFormat progress_of(const FlagValues& values) {
    static constexpr Choices<ProgressFormat, 5> choices{{{"auto", ProgressFormat::Auto},
                                                         {"tty", ProgressFormat::Tty},
                                                         {"plain", ProgressFormat::Plain},
                                                         {"json", ProgressFormat::Json},
                                                         {"none", ProgressFormat::None}}};
    return choice_of(values, "progress", choices, ProgressFormat::Auto,
                     "must be auto, tty, plain, json or none");
}

ColorMode color_of(const FlagValues& values) {
    static constexpr Choices<ColorMode, 3> choices{
        {{"auto", ColorMode::Auto}, {"always", ColorMode::Always}, {"never", ColorMode::Never}}};
    return choice_of(values, "color", choices, ColorMode::Auto, "must be auto, always or never");
}

ManualPart only_of(const FlagValues& values) {
    static constexpr Choices<ManualPart, 2> choices{
        {{"stage-pods", ManualPart::StagePods}, {"workloads", ManualPart::Workloads}}};
    return choice_of(values, "only", choices, ManualPart::All, "must be stage-pods or workloads");
}

milliseconds request_timeout_of(const FlagValues& values) {
    if (values.text("request-timeout").empty()) return milliseconds(0);
    const auto timeout = base::parse_duration(values.text("request-timeout"));
    if (!timeout)
        wrong_usage(
            "Invalid timeout value. Timeout must be a single integer in seconds, or an integer "
            "followed by "
            "a corresponding time unit (e.g. 1s | 2m | 3h)");
    return *timeout;
}

std::optional<milliseconds> timeout_of(const FlagValues& values) {
    const auto timeout = values.duration("timeout");
    // as in `kubectl rollout status`: zero means never
    return timeout == milliseconds(0) ? std::nullopt : timeout;
}

milliseconds stall_after_of(const FlagValues& values) {
    const auto after = values.duration("stall-after");
    if (after && *after < std::chrono::seconds(1))
        values.invalid("stall-after", "must be a second or more");
    return after.value_or(std::chrono::seconds(60));
}

void check_namespace(const std::string& ns) {
    for (const char* bad : {"/", "%"}) {
        if (ns.find(bad) != std::string::npos)
            wrong_usage("invalid namespace \"" + ns + "\": [may not contain '" + bad + "']");
    }
    if (ns == "." || ns == "..")
        wrong_usage("invalid namespace \"" + ns + "\": [may not be '" + ns + "']");
}

std::string namespace_of(const FlagValues& values) {
    std::string ns = values.text("namespace");
    if (ns.empty()) return "openshift-migration";
    check_namespace(ns);
    return ns;
}

std::vector<std::string> accepted_of(const std::vector<std::string>& given) {
    const auto known = rollback::what_can_be_accepted();
    std::vector<std::string> usages;
    for (const rollback::Acceptable& each : known) usages.push_back(each.usage());
    for (const std::string& one : given) {
        if (std::ranges::none_of(known, [&](const auto& each) { return each.matches(one); }))
            refuse_value(one, "accept", "must be one of " + base::join(usages));
    }
    return given;
}

std::vector<std::string> source_namespaces_of(const FlagValues& values) {
    std::vector<std::string> out;
    for (const std::string& given : values.all("source-namespaces")) {
        for (const std::string& ns : parts_of(given, ',')) {
            if (ns.empty()) refuse_value(given, "source-namespaces", "must be NAME or NAME,NAME");
            check_namespace(ns);
            out.push_back(ns);
        }
    }
    return out;
}

// What is empty is an unset variable of a script: not the plan of the control cluster instead.
std::string plan_file_of(const FlagValues& values) {
    std::string file = values.text("plan-file");
    if (values.has("plan-file") && file.empty())
        values.invalid("plan-file", "must be the name of a file");
    return file;
}

// RFC 1123's subdomain, as the API server will want it.
std::string migration_name_of(const FlagValues& values) {
    std::string name = values.text("name");
    const bool odd =
        name.size() > 253 || name.find("..") != std::string::npos ||
        name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") != std::string::npos ||
        (!name.empty() && (std::string_view("-.").contains(name.front()) ||
                           std::string_view("-.").contains(name.back())));
    if (odd || (values.has("name") && name.empty()))
        values.invalid("name",
                       "must consist of lower case letters, digits, '-' and '.', and "
                       "begin and end with a letter or digit");
    return name;
}

std::string report_of(const FlagValues& values) {
    if (values.has("report") && !evidence_format(values.text("report")))
        values.invalid("report", "must be the name of a file that ends in .md, .html or .json");
    return values.text("report");
}

std::vector<std::string> user_extra_of(const FlagValues& values) {
    auto extra = values.all("as-user-extra");
    for (const std::string& one : extra) {
        const auto equals = one.find('=');
        if (equals != std::string::npos && equals > 0) continue;
        // kubectl passes over it in silence, and acts without what was asked for
        refuse_value(one, "as-user-extra", "must be KEY=VALUE");
    }
    return extra;
}

kube::KubeconfigOptions kubeconfig_of(const FlagValues& values) {
    return {.kubeconfig = values.text("kubeconfig"),
            .context = values.text("context"),
            .cluster = values.text("cluster"),
            .user = values.text("user"),
            .server = values.text("server"),
            .token = values.text("token"),
            .certificate_authority = values.text("certificate-authority"),
            .client_certificate = values.text("client-certificate"),
            .client_key = values.text("client-key"),
            .tls_server_name = values.text("tls-server-name"),
            .insecure = values.truth("insecure-skip-tls-verify"),
            .as = values.text("as"),
            .as_groups = values.all("as-group"),
            .as_uid = values.text("as-uid"),
            .as_user_extra = user_extra_of(values),
            .disable_compression = values.truth("disable-compression"),
            .request_timeout = request_timeout_of(values),
            .parallel = static_cast<unsigned>(values.number("parallel", 1, 32, 8))};
}

}  // namespace

void refuse_value(const std::string& value, const std::string& flag, const std::string& why) {
    wrong_usage("invalid argument \"" + value + "\" for \"--" + flag + "\" flag: " + why);
}

std::optional<std::int64_t> whole_number(std::string_view text, std::int64_t least,
                                         std::int64_t most) {
    std::int64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && out >= least && out <= most ? std::optional(out) : std::nullopt;
}

// split() passes over what follows the last separator when it is empty.
std::vector<std::string> parts_of(const std::string& text, char separator) {
    return base::split(text + separator, separator);
}

std::string FlagValues::text(const char* flag) const {
    const auto it = given_.find(flag);
    return it == given_.end() ? "" : it->second.back();
}

std::vector<std::string> FlagValues::all(const char* flag) const {
    const auto it = given_.find(flag);
    return it == given_.end() ? std::vector<std::string>() : it->second;
}

bool FlagValues::truth(const char* flag) const {
    // the words of Go's strconv.ParseBool
    static constexpr std::array<std::string_view, 6> yes{"1", "t", "T", "true", "TRUE", "True"};
    static constexpr std::array<std::string_view, 6> no{"0", "f", "F", "false", "FALSE", "False"};
    if (!has(flag)) return false;
    const std::string value = text(flag);
    if (std::ranges::count(yes, value) > 0) return true;
    if (std::ranges::count(no, value) > 0) return false;
    invalid(flag, "must be true or false");
}

int FlagValues::number(const char* flag, int least, int most, int otherwise) const {
    if (!has(flag)) return otherwise;
    const auto out = whole_number(text(flag), least, most);
    if (!out)
        invalid(flag,
                "must be a number from " + std::to_string(least) + " to " + std::to_string(most));
    return static_cast<int>(*out);
}

std::optional<milliseconds> FlagValues::duration(const char* flag) const {
    if (!has(flag)) return std::nullopt;
    const auto value = base::parse_duration(text(flag));
    if (!value) invalid(flag, "must be a duration such as 90s, 20m or 1h30m");
    return value;
}

void FlagValues::invalid(const char* flag, const std::string& why) const {
    refuse_value(text(flag), flag, why);
}

void set_flags(Options& options, const FlagValues& values) {
    options.kubeconfig = kubeconfig_of(values);
    options.ns = namespace_of(values);
    options.source_context = values.text("source-context");
    options.target_context = values.text("target-context");
    options.yes = values.truth("yes");
    options.verify = !values.truth("no-verify");
    options.probe_routes = values.truth("probe-routes");
    options.exit_code = values.truth("exit-code");
    options.cancel_running = values.truth("cancel-running");
    options.cancel_rollback = values.truth("cancel-rollback");
    options.wait = values.truth("wait");
    options.watch = values.truth("watch");
    options.name = migration_name_of(values);
    options.dry_run = dry_run_of(values);
    options.output = output_of(values);
    options.progress = progress_of(values);
    options.color = color_of(values);
    options.timeout = timeout_of(values);
    options.stall_after = stall_after_of(values);
    options.only = only_of(values);
    options.start_as_before = values.truth("start-as-before");
    options.set = replica_counts_of(values.all("set"));
    options.source_namespaces = source_namespaces_of(values);
    options.accept = accepted_of(values.all("accept"));
    options.assume_target_stopped = values.truth("assume-target-stopped");
    options.plan_file = plan_file_of(values);
    options.report = report_of(values);
    options.remove = values.truth("delete");
    options.include_backups = values.truth("include-backups");
    options.warnings_as_errors = values.truth("warnings-as-errors");
    options.verbosity = values.number("loglevel", 0, 10, 0);
}

}  // namespace plugin
