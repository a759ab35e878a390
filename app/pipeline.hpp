#pragma once
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <string>

#include "app/case.hpp"
#include "app/progress.hpp"
#include "app/results.hpp"

namespace vitral::app {

/// How far the chain is run.
enum class Until { process, index, modes, propagation, coupling };

/// Exchanges that were computed already, by the hash of their resolved inputs: points of a sweep that share a process
/// compute it once, whichever asks first.
class ExchangeCache {
public:
    using Result = std::shared_ptr<const exchange::Exchange>;
    [[nodiscard]] Result get(const std::string& hash, const std::function<Result()>& compute);

private:
    std::mutex mutex_;
    std::map<std::string, std::shared_future<Result>> results_;
};

/// What run_exchange needs, from the config and the glass's record.
[[nodiscard]] exchange::ExchangeParams exchange_params(const Case& c, const glass::Glass& glass);
/// Hash of everything the process depends on.
[[nodiscard]] std::string process_hash(const Case& c);

/// The chain: process, index, modes, propagation, coupling, for every wavelength. Throws Error. A propagation that is
/// stopped leaves a file beside `result`, from which the same run goes on; with no result file nothing is left.
[[nodiscard]] RunResult run_case(const Case& c, Until until, ExchangeCache& cache, Progress::Output output,
                                 const std::filesystem::path& result = {});

}  // namespace vitral::app
