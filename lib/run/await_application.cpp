// await_application(): keeps the source's workloads, pods and claims, and what terminates on the
// target, up to date by watch, and runs the checks of verify over them until waiting cannot help
// any more. MTC judges the plan a moment after the rollback: that is waited for a little, too.
#include <algorithm>
#include <set>

#include "kube/reflector.hpp"
#include "run/execute.hpp"
#include "run/mailbox.hpp"
#include "run/observe.hpp"
#include "run/parts.hpp"
#include "run/patience.hpp"
#include "run/watchers.hpp"

namespace run {
namespace {

using base::ErrorKind;
using rollback::Finding;
using rollback::State;
using Clock = std::chrono::steady_clock;

// How long a warning may take to go: MTC judges a plan within seconds of a migration's end, and a
// rollback is not to hang on a controller that does not.
constexpr std::chrono::milliseconds patience_with_warnings = std::chrono::seconds(30);

struct News {
    const Part* part;
    kube::ObjectMap objects;
};
struct WatchOfPartEnded {
    const Part* part;
    base::Error error;
};
using PartMessage = std::variant<News, Trouble, WatchOfPartEnded>;

std::vector<Finding> unwell(const std::vector<Finding>& findings) {
    std::vector<Finding> out;
    std::ranges::copy_if(findings, std::back_inserter(out), [](const Finding& f) {
        return f.severity == rollback::Severity::Failure;
    });
    return out;
}

// Messages change while a pod backs off; progress is when another set of objects is unwell.
std::set<std::string> subjects(const std::vector<Finding>& findings) {
    std::set<std::string> names;
    for (const Finding& finding : findings) names.insert(finding.check + " " + finding.subject);
    return names;
}

class Waiter {
  public:
    Waiter(const Session& session, const rollback::Record& record, const std::string& rollback_name,
           const ExecuteOptions& options, const EventSink& sink)
        : session_(session),
          record_(record),
          rollback_name_(rollback_name),
          options_(options),
          settles_(Clock::now() + std::min(patience_with_warnings, options.follow.stall_after)),
          patience_(options.follow),
          sink_(sink) {}

    Result<State> run(std::optional<State> first, std::stop_token stop) {
        auto seen = first ? judged(std::move(*first)) : look(stop);
        if (!seen || !waiting_helps()) return seen;
        parts_ = parts_of(session_, *state_);
        Watchers watchers(stop);
        for (const Part& part : parts_)
            watchers.start([this, &part](const std::stop_token& own) { watch(part, own); });
        return wait(stop);
    }

  private:
    Result<State> look(std::stop_token stop) {
        const bool manual = options_.flow == rollback::Flow::Manual;
        auto seen = observe(
            session_,
            {.parallel = options_.parallel, .labelled = !manual, .reviews = false, .proof = true},
            stop);
        return seen ? judged(std::move(*seen)) : seen;
    }

    Result<State> judged(State seen) {
        state_ = seen;
        judge();
        return seen;
    }

    void judge() {
        findings_ = rollback::verify(
            {*state_, record_, rollback_name_, options_.flow, options_.before_is_known});
        auto now = unwell(findings_);
        if (subjects(now) != subjects(unwell_)) patience_.moved();
        unwell_ = std::move(now);
        sink_(AwaitingApplication{unwell_});
    }

    bool settling() const {
        return Clock::now() < settles_ &&
               rollback::may_heal(findings_, rollback::Severity::Warning);
    }
    bool waiting_helps() const { return rollback::may_heal(findings_) || settling(); }
    Clock::time_point wakes() const {
        return settling() ? std::min(settles_, patience_.next()) : patience_.next();
    }

    void watch(const Part& part, const std::stop_token& stop) {
        const auto result =
            kube::reflect(*part.cluster, part.type, part.options,
                          {.changed =
                               [&](const kube::ObjectMap& objects) {
                                   mailbox_.put(News{&part, objects});
                                   return true;
                               },
                           .trouble = [this](const base::Error& e) { mailbox_.put(Trouble{e}); }},
                          stop);
        if (!result && !stop.stop_requested())
            mailbox_.put(WatchOfPartEnded{&part, result.error()});
    }

    Result<State> wait(std::stop_token stop) {
        while (true) {
            auto message = mailbox_.take(wakes(), stop);
            if (stop.stop_requested()) return base::fail(ErrorKind::Interrupted, "interrupted");
            if (message) receive(std::move(*message));
            if (!waiting_helps()) {
                if (auto seen = look(stop); !seen || !waiting_helps()) return seen;
            }
            if (is_over()) return look(stop);
            if (patience_.tick_due()) sink_(Tick{});
        }
    }

    // Takes what else has come meanwhile, so that a burst of events is judged once.
    void receive(PartMessage first) {
        bool news = false;
        for (std::optional<PartMessage> message = std::move(first); message;
             message = mailbox_.take(Clock::time_point::min(), {}))
            news |= std::visit([this](auto& one) { return take(one); }, *message);
        if (news) judge();
    }

    bool take(News& news) {
        replace(*state_, *news.part, std::move(news.objects));
        return true;
    }
    bool take(const Trouble& trouble) {
        sink_(trouble);
        return false;
    }
    // A watch that may not be is no reason to end the wait: the last look says what is so. Whoever
    // may not watch the plan does not wait for it.
    bool take(const WatchOfPartEnded& ended) {
        if (ended.part->is_plan()) {
            settles_ = Clock::now();
        } else {
            sink_(Trouble{ended.error});
        }
        return false;
    }

    bool is_over() {
        if (patience_.over()) return true;
        if (!patience_.stall_due()) return false;
        std::vector<std::string> why;
        for (const Finding& finding : unwell_) why.push_back(finding.message);
        sink_(Stalled{patience_.quiet(), std::move(why)});
        return !options_.follow.deadline;
    }

    const Session& session_;
    const rollback::Record& record_;
    const std::string& rollback_name_;
    const ExecuteOptions& options_;
    Clock::time_point settles_;  // until then warnings are waited for
    Patience patience_;
    const EventSink& sink_;
    Mailbox<PartMessage> mailbox_;
    std::vector<Part> parts_;
    std::optional<State> state_;
    std::vector<Finding> findings_;
    std::vector<Finding> unwell_;
};

}  // namespace

Result<State> await_application(const Session& session, const rollback::Record& record,
                                const std::string& rollback_name, const ExecuteOptions& options,
                                const EventSink& sink, std::stop_token stop,
                                std::optional<State> first) {
    return Waiter(session, record, rollback_name, options, sink)
        .run(std::move(first), std::move(stop));
}

}  // namespace run
