#pragma once
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <map>
#include <memory>

namespace vitral {

/// Numbered things of which a few are kept: those that lie nearest to the last one asked for.
template <typename T, std::size_t kept>
class KeptNear {
public:
    /// The thing of a number, made by make() if it is not there. What is handed out lives on when it is dropped here.
    template <typename Make>
    [[nodiscard]] std::shared_ptr<const T> get(int number, Make&& make) {
        const auto found = things_.find(number);
        if (found != things_.end()) return found->second;
        while (things_.size() >= kept) {
            const bool first_is_farther =
                std::abs(things_.begin()->first - number) > std::abs(things_.rbegin()->first - number);
            things_.erase(first_is_farther ? things_.begin() : std::prev(things_.end()));
        }
        return things_.emplace(number, std::make_shared<const T>(make())).first->second;
    }

private:
    std::map<int, std::shared_ptr<const T>> things_;
};

}  // namespace vitral
