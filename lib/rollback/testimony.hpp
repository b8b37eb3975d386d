// What a migration tells of the application where its workloads could not be seen: second-hand
// evidence, and said to be that. Workloads that were seen go before it.
#pragma once

#include <string>

#include "mtc/migration.hpp"

namespace rollback {

struct Testimony {
    bool stopped = false;  // it failed when it had begun to stop the application
    std::string words;     // "cutover c failed in phase X, before it would have stopped ..."
};

Testimony testimony_of(const mtc::Migration& migration);

}  // namespace rollback
