#include "run/leftovers_flow.hpp"

#include <algorithm>

#include "run/delete_leftovers.hpp"
#include "run/leftovers.hpp"
#include "run/listing.hpp"
#include "run/permissions.hpp"

namespace run {
namespace {

using base::ErrorKind;
using rollback::LeftoversReport;
using rollback::LeftoversView;
using rollback::Outcome;
using rollback::Runbook;
using rollback::Side;
using rollback::Written;

bool was_refused(const Written& written) {
    return !written.error.empty();
}

class LeftoversFlow {
  public:
    LeftoversFlow(const Session& session, const LeftoversOptions& options, std::stop_token stop)
        : session_(session), options_(options), execute_(options.execute), stop_(std::move(stop)) {
        report_.ns = session.plan.ns;
        report_.plan = session.plan.name;
        report_.control = name_of(session.control);
        report_.source = name_of(session.source);
        report_.target = name_of(session.target);
    }

    LeftoversReport run() {
        report_.outcome = flow();
        return std::move(report_);
    }

  private:
    // Each step gives the outcome that ends the run, or nothing to go on.
    using End = std::optional<Outcome>;

    Outcome flow() {
        if (const End end = look()) return *end;
        if (!options_.remove) return found();
        if (const End end = decide()) return *end;
        if (const End end = prepare()) return *end;
        if (const End end = carry_out()) return *end;
        return look_at_what_is_left();
    }

    Outcome failed(const base::Error& error) {
        report_.error = error.message;
        report_.hint = error.hint;
        return error.kind == ErrorKind::Interrupted ? Outcome::Detached : Outcome::Error;
    }

    Outcome found() const {
        return rollback::all_is_well(report_.leftovers, report_.gaps) ? Outcome::Succeeded
                                                                      : Outcome::NotVerified;
    }

    End look() {
        auto view = look_for_leftovers(session_, execute_.parallel, stop_);
        if (!view) return failed(view.error());
        view_ = std::move(*view);
        report_.plan_uid = view_->plan.uid;
        report_.leftovers = rollback::leftovers_of(*view_);
        report_.gaps = view_->gaps;
        report_.seen_at = now_by(*session_.control.cluster);
        return {};
    }

    End decide() {
        Runbook wanted = rollback::deletion_of(*view_, report_.leftovers, options_.deletion);
        const auto denied = review(wanted);
        if (!denied) return failed(denied.error());
        report_.runbook = rollback::unless_denied(std::move(wanted), *denied);
        options_.decided(report_);
        if (!report_.runbook->blockers.empty()) return Outcome::Refused;
        if (report_.runbook->empty())
            return found() == Outcome::Succeeded ? Outcome::NothingToDo : found();
        return dry_run();
    }

    Result<std::vector<rollback::Denied>> review(const Runbook& runbook) {
        const auto needs = rollback::needs_of(runbook);
        std::vector<rollback::Gap> gaps;
        std::vector<rollback::Denied> all;
        Notes notes(gaps);
        for (const Side side : {Side::Control, Side::Source, Side::Target}) {
            const Place place{
                *endpoint_of(session_, side).cluster, side, {}, notes, execute_.parallel, stop_};
            std::ranges::move(denied_of(place, needs), std::back_inserter(all));
        }
        if (auto done = notes.result(); !done) return std::unexpected(done.error());
        return all;
    }

    End dry_run() {
        using enum FlowOptions::DryRun;
        if (options_.dry_run == None) return {};
        if (options_.dry_run == Client) return Outcome::DryRun;
        std::vector<Written> tried;
        const auto sent = delete_leftovers(job(true), *report_.runbook, tried, stop_);
        if (!sent) return failed(sent.error());
        const auto refused = std::ranges::find_if(tried, was_refused);
        if (refused == tried.end()) return Outcome::DryRun;
        return failed({.kind = ErrorKind::Invalid, .message = refused->error});
    }

    End prepare() {
        switch (options_.consent()) {
            case Consent::Given:
                break;
            case Consent::Declined:
                return Outcome::Declined;
            case Consent::Interrupted:
                return Outcome::Detached;
        }
        if (options_.timeout)
            execute_.follow.deadline = std::chrono::steady_clock::now() + *options_.timeout;
        return look_before_deleting();
    }

    // A person takes a while to answer, and a migration may have begun meanwhile. What was found
    // since was not asked about, and stays.
    End look_before_deleting() {
        auto now = look_for_leftovers(session_, execute_.parallel, stop_);
        if (!now) return failed(now.error());
        auto blockers = rollback::blockers_of(*now, rollback::leftovers_of(*now));
        if (blockers.empty()) return {};
        report_.runbook->blockers = std::move(blockers);
        return Outcome::Refused;
    }

    DeletionJob job(bool dry_run) const {
        return {session_, view_->plan, report_.leftovers, execute_, options_.sink, dry_run};
    }

    End carry_out() {
        const auto done = delete_leftovers(job(false), *report_.runbook, report_.written, stop_);
        if (done) return {};
        if (done.error().kind == ErrorKind::TimedOut) {
            const End end = look();
            return end ? *end : Outcome::TimedOut;
        }
        forget_written();
        return failed(done.error());
    }

    // Nobody can look any more: what has not been written is left.
    void forget_written() {
        std::erase_if(report_.leftovers, [this](const rollback::Leftover& each) {
            return std::ranges::any_of(report_.written, [&](const Written& written) {
                return !was_refused(written) && written.side == each.side &&
                       written.object == each.object.ref;
            });
        });
    }

    Outcome look_at_what_is_left() {
        if (const End end = look()) return *end;
        const auto refused = std::ranges::find_if(report_.written, was_refused);
        if (refused != report_.written.end())
            return failed({.kind = ErrorKind::Invalid, .message = refused->error});
        // a Backup stays until Velero has done what it was asked for
        const Runbook left = rollback::deletion_of(*view_, report_.leftovers, {});
        return left.empty() && left.blockers.empty() ? found() : Outcome::NotVerified;
    }

    const Session& session_;
    const LeftoversOptions& options_;
    ExecuteOptions execute_;
    std::stop_token stop_;
    LeftoversReport report_;
    std::optional<LeftoversView> view_;
};

}  // namespace

LeftoversReport leftovers_flow(const Session& session, const LeftoversOptions& options,
                               std::stop_token stop) {
    return LeftoversFlow(session, options, std::move(stop)).run();
}

}  // namespace run
