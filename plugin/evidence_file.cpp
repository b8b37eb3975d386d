#include "plugin/evidence_file.hpp"

#include "plugin/message.hpp"
#include "plugin/render_evidence.hpp"
#include "run/file.hpp"

namespace plugin {

base::Result<void> check_evidence_file(const Options& options) {
    if (options.report.empty()) return {};
    auto replaceable = run::check_replaceable(options.report);
    if (replaceable) return {};
    base::Error error = base::within("the file of --report", replaceable.error());
    error.hint = "nothing was begun; name a file in a folder that you can write to";
    return std::unexpected(std::move(error));
}

ExitCode write_evidence(rollback::RunReport& report, const Options& options,
                        const std::string& called_as) {
    const auto code = static_cast<ExitCode>(report.exit_code);
    if (options.report.empty()) return code;
    const std::string text =
        render_evidence(report, *evidence_format(options.report),
                        {.called_as = called_as, .version = OC_MTC_ROLLBACK_VERSION});
    const auto written = run::replace_file(options.report, text);
    if (written) return code;
    print_error(base::within("the file of --report", written.error()).message, "");
    if (code != ExitCode::Done) return code;
    report.exit_code = static_cast<int>(ExitCode::Error);
    return ExitCode::Error;
}

}  // namespace plugin
