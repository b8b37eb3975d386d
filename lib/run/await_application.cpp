// await_application(): keeps the source's workloads, pods and claims, and what terminates on the
// target, up to date by watch, and runs the checks of verify over them until waiting cannot help
// any more.
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

struct News {
    const Part* part;
    kube::ObjectMap objects;
};
using Message = std::variant<News, Trouble>;

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

    bool waiting_helps() const { return rollback::may_heal(findings_); }

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
        // a watch that may not be is no reason to end the wait: the last look says what is so
        if (!result && !stop.stop_requested()) mailbox_.put(Trouble{result.error()});
    }

    Result<State> wait(std::stop_token stop) {
        while (true) {
            auto message = mailbox_.take(patience_.next(), stop);
            if (stop.stop_requested()) return base::fail(ErrorKind::Interrupted, "interrupted");
            const bool news = message && receive(std::move(*message));
            if (news && !waiting_helps()) {
                if (auto seen = look(stop); !seen || !waiting_helps()) return seen;
            }
            if (is_over()) return look(stop);
            if (patience_.tick_due()) sink_(Tick{});
        }
    }

    // Takes what else has come meanwhile, so that a burst of events is judged once.
    bool receive(Message first) {
        bool news = false;
        for (std::optional<Message> message = std::move(first); message;
             message = mailbox_.take(std::chrono::steady_clock::time_point::min(), {})) {
            if (auto* trouble = std::get_if<Trouble>(&*message)) {
                sink_(*trouble);
            } else {
                auto& [part, objects] = std::get<News>(*message);
                replace(*state_, *part, std::move(objects));
                news = true;
            }
        }
        if (news) judge();
        return news;
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
    Patience patience_;
    const EventSink& sink_;
    Mailbox<Message> mailbox_;
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
