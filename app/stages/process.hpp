#pragma once
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/stages/params.hpp"
#include "app/stages/results.hpp"

namespace vitral::stages {

inline constexpr int process_version = 2;

/// Exchanges that were computed already, by their keys: points of a sweep that share a process compute it once, whichever
/// asks first.
class ExchangeCache {
public:
    using Result = std::shared_ptr<const exchange::Exchange>;
    [[nodiscard]] Result get(const std::string& key, const std::function<Result()>& compute);

private:
    std::mutex mutex_;
    std::map<std::string, std::shared_future<Result>> results_;
};

/// The process as light of a wavelength sees it: index changes and birefringence, shown in a section.
[[nodiscard]] ProcessView view_of(const ProcessParams& params, std::shared_ptr<const exchange::Exchange> process,
                                  double wavelength, const Window& section);

/// What a user should know of the exchange: a given section too small; a runaway current, a film that is left.
void warn_about_section(const ProcessParams& params, const exchange::Exchange& process,
                        std::vector<std::string>& warnings);
void warn_about_steps(const exchange::Exchange& process, std::vector<std::string>& warnings);

}  // namespace vitral::stages
