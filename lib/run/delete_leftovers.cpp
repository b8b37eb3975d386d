#include "run/delete_leftovers.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "run/await_gone.hpp"
#include "run/write.hpp"

namespace run {
namespace {

using base::ErrorKind;
using rollback::AwaitGone;
using rollback::Create;
using rollback::Delete;
using rollback::Side;
using rollback::Step;
using rollback::Written;

// Deletions of one type go side by side; the next type waits for them, as the controller has it.
bool go_along(const Step& a, const Step& b) {
    const auto* first = std::get_if<Delete>(&a.action);
    const auto* second = std::get_if<Delete>(&b.action);
    return first != nullptr && second != nullptr && first->seen.ref.type == second->seen.ref.type;
}

bool writes(const Step& step) {
    return is_write(step) || std::holds_alternative<Create>(step.action);
}

class Deletion {
  public:
    Deletion(const DeletionJob& job, std::vector<Written>& written, std::stop_token stop)
        : job_(job), written_(written), stop_(std::move(stop)) {
        for (const auto& each : job.leftovers) kinds_.emplace(each.object.uid, each.kind);
    }

    Result<void> carry_out(const rollback::Runbook& runbook) {
        const auto& steps = runbook.steps;
        total_ = static_cast<std::size_t>(std::ranges::count_if(steps, writes));
        for (auto at = steps.begin(); at != steps.end();) {
            const auto next = std::find_if_not(at + 1, steps.end(),
                                               [&](const Step& s) { return go_along(*at, s); });
            if (auto done = carry_out({at, next}); !done) return done;
            at = next;
        }
        return {};
    }

  private:
    Result<void> carry_out(std::span<const Step> steps) {
        if (const auto* create = std::get_if<Create>(&steps.front().action))
            return ask_for(*create);
        if (const auto* await = std::get_if<AwaitGone>(&steps.front().action))
            return job_.dry_run ? Result<void>() : wait_for(*await);
        std::vector<Step> left(steps.begin(), steps.end());
        std::erase_if(left, [this](const Step& step) {
            const auto* remove = std::get_if<Delete>(&step.action);
            return remove == nullptr || gone_.contains(remove->seen.uid);
        });
        const WriteJob job{.session = job_.session,
                           .parallel = job_.execute.parallel,
                           .dry_run = job_.dry_run,
                           .decide = [](const auto&, const auto&) { return std::nullopt; },
                           .told = [this](const Written& written) { tell(written); }};
        return write_all(job, left, written_, stop_);
    }

    void tell(const Written& written) {
        if (!job_.dry_run) job_.sink(Wrote{written, ++done_, total_});
    }

    void add(Written written) {
        written_.push_back(std::move(written));
        tell(written_.back());
    }

    // Its name is the same every time, so that one that exists has asked for the same.
    Result<void> ask_for(const Create& create) {
        Written written{.side = create.side, .object = create.what, .change = "created"};
        kube::Cluster& cluster = *endpoint_of(job_.session, create.side).cluster;
        const auto send = [&] {
            return cluster.create(create.what, create.manifest, {.dry_run = job_.dry_run}, stop_);
        };
        auto made = send();
        const bool lost = !made && (made.error().kind == ErrorKind::Lost ||
                                    made.error().kind == ErrorKind::TimedOut);
        if (lost) made = send();
        if (!made && made.error().kind == ErrorKind::Interrupted)
            return std::unexpected(made.error());
        const bool exists = !made && made.error().kind == ErrorKind::AlreadyExists;
        if (exists && !lost) written.left = "it was asked for before";
        if (!made && !exists) written.error = made.error().message;
        add(std::move(written));
        return {};
    }

    Result<void> wait_for(const AwaitGone& await) {
        const auto left = await_gone(awaited(await), job_.execute.follow, job_.sink, stop_);
        if (!left) return std::unexpected(left.error());
        for (const Delete& each : await.what) {
            const bool gone = !left->contains(each.seen.uid) && gone_.insert(each.seen.uid).second;
            if (gone && await.by_controller)
                add({.side = each.side,
                     .object = each.seen.ref,
                     .change = "deleted by MTC's controller"});
        }
        return {};
    }

    // What could not be deleted is not waited for.
    bool is_lost_cause(const Delete& step) const {
        return std::ranges::any_of(written_, [&](const Written& written) {
            return !written.error.empty() && written.side == step.side &&
                   written.object == step.seen.ref;
        });
    }

    std::vector<AwaitedObjects> awaited(const AwaitGone& await) const {
        using Place = std::tuple<Side, base::ResourceType, std::string, std::string>;
        std::map<Place, std::set<std::string>> scopes;
        for (const Delete& each : await.what) {
            if (gone_.contains(each.seen.uid) || is_lost_cause(each)) continue;
            const auto selector = rollback::selector_of(*kinds_.at(each.seen.uid), job_.plan);
            const auto& ref = each.seen.ref;
            scopes[{each.side, ref.type, ref.ns, selector}].insert(each.seen.uid);
        }
        std::vector<AwaitedObjects> out;
        for (auto& [scope, uids] : scopes) {
            const auto& [side, type, ns, selector] = scope;
            out.push_back({*endpoint_of(job_.session, side).cluster,
                           type,
                           {.ns = ns, .label_selector = selector, .metadata_only = true},
                           std::move(uids)});
        }
        return out;
    }

    const DeletionJob& job_;
    std::vector<Written>& written_;
    std::stop_token stop_;
    std::map<std::string, const rollback::LeftoverKind*> kinds_;  // by UID
    std::set<std::string> gone_;                                  // UIDs
    std::size_t done_ = 0;
    std::size_t total_ = 0;
};

}  // namespace

Result<void> delete_leftovers(const DeletionJob& job, const rollback::Runbook& runbook,
                              std::vector<Written>& written, std::stop_token stop) {
    return Deletion(job, written, std::move(stop)).carry_out(runbook);
}

}  // namespace run
