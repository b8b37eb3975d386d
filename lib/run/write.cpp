#include "run/write.hpp"

#include <atomic>
#include <mutex>

#include "kube/parallel.hpp"
#include "mtc/virtual_machine.hpp"

namespace run {
namespace {

using base::ErrorKind;
using base::Json;
using rollback::Delete;
using rollback::Patch;
using rollback::Side;
using rollback::Written;

// How often one object is decided anew before its changes are left to whoever makes them.
constexpr int most_attempts = 5;

// The write did not happen, or may have: the object itself says.
bool is_worth_a_look(ErrorKind kind) {
    return kind == ErrorKind::Conflict || kind == ErrorKind::Lost || kind == ErrorKind::TimedOut;
}

bool ends_everything(ErrorKind kind) {
    return kind == ErrorKind::Unreachable || kind == ErrorKind::Unauthorized ||
           kind == ErrorKind::Interrupted;
}

/// One object: what was written, or the error that ends everything.
class Writer {
  public:
    Writer(const WriteJob& job, std::stop_token stop) : job_(job), stop_(std::move(stop)) {}

    Result<Written> write(const Patch& first) {
        Written written{.side = first.side, .object = first.seen.ref, .change = first.change};
        Patch patch = first;
        for (int attempt = 1;; ++attempt) {
            const auto sent = send(patch);
            if (sent) return written;
            if (!is_worth_a_look(sent.error().kind) || attempt == most_attempts)
                return with_error(std::move(written), sent.error());
            const bool lost = sent.error().kind != ErrorKind::Conflict;
            auto next = look_again(patch, lost, written);
            if (!next) return with_error(std::move(written), next.error());
            if (!*next) return written;
            patch = std::move(**next);
            written.change = patch.change;
        }
    }

    Result<Written> write(const Delete& step) {
        Written written{.side = step.side, .object = step.seen.ref, .change = "deleted"};
        for (int attempt = 1;; ++attempt) {
            auto removed = cluster(step.side).remove(step.seen, options(), stop_);
            if (removed || removed.error().kind == ErrorKind::NotFound) return written;
            // in its place stands another one, that nobody has looked at
            if (removed.error().kind == ErrorKind::Conflict) {
                written.left = "it was deleted and made anew meanwhile";
                return written;
            }
            if (!is_worth_a_look(removed.error().kind) || attempt == most_attempts)
                return with_error(std::move(written), removed.error());
        }
    }

  private:
    kube::Cluster& cluster(Side side) const { return *endpoint_of(job_.session, side).cluster; }
    // A start that KubeVirt refuses because the machine is in no state for it is a conflict as any
    // other: it is looked at again.
    Result<void> send(const Patch& patch) {
        if (patch.request_start) {
            const auto started =
                cluster(patch.side)
                    .update(start_of(patch.seen.ref), body(), {.subresource = "start"}, stop_);
            if (!started) return started;
        }
        const auto sent = cluster(patch.side).patch(patch.seen, patch.operations, options(), stop_);
        return sent ? Result<void>() : std::unexpected(sent.error());
    }

    static ObjectRef start_of(const ObjectRef& machine) {
        return {mtc::virtual_machine::start_requests, machine.ns, machine.name};
    }
    // KubeVirt reads a dry run here, not in the query (StartOptions)
    Json body() const {
        return job_.dry_run ? Json{{"dryRun", Json::array({"All"})}} : Json::object();
    }
    kube::WriteOptions options() const { return {.dry_run = job_.dry_run, .metadata_only = true}; }

    static Result<Written> with_error(Written written, const base::Error& error) {
        if (ends_everything(error.kind)) return std::unexpected(error);
        if (error.kind == ErrorKind::NotFound) {
            written.left = "it does not exist any more";
        } else {
            written.error = error.message;
        }
        return written;
    }

    // Nothing when nothing is left to write; then `written` says why.
    Result<std::optional<Patch>> look_again(const Patch& patch, bool lost, Written& written) {
        const auto now = cluster(patch.side).get(patch.seen.ref, stop_);
        if (!now) return std::unexpected(now.error());
        if (now->uid != patch.seen.uid) {
            written.left = "it was deleted and made anew meanwhile";
            return std::nullopt;
        }
        auto next = job_.decide(patch, *now);
        // after a lost answer it is most likely our own write that has been made
        if (!next && !lost) written.left = "somebody has changed it meanwhile";
        return next;
    }

    const WriteJob& job_;
    std::stop_token stop_;
};

std::optional<Result<Written>> carry_out(Writer& writer, const rollback::Step& step) {
    if (const auto* patch = std::get_if<Patch>(&step.action)) return writer.write(*patch);
    if (const auto* remove = std::get_if<Delete>(&step.action)) return writer.write(*remove);
    return std::nullopt;
}

}  // namespace

bool is_write(const rollback::Step& step) {
    return std::holds_alternative<Patch>(step.action) ||
           std::holds_alternative<Delete>(step.action);
}

Result<void> write_all(const WriteJob& job, std::span<const rollback::Step> steps,
                       std::vector<Written>& written, std::stop_token stop) {
    std::mutex mutex;
    std::optional<base::Error> end;
    std::atomic<bool> ended = false;
    kube::in_parallel(steps.size(), job.parallel, [&](std::size_t i) {
        if (ended) return;
        Writer writer(job, stop);
        auto done = carry_out(writer, steps[i]);
        if (!done) return;
        const std::scoped_lock lock(mutex);
        if (*done) {
            written.push_back(**done);
            job.told(**done);
        } else if (!ended.exchange(true)) {
            end = done->error();
        }
    });
    if (end) return std::unexpected(*end);
    return {};
}

}  // namespace run
