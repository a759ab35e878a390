#include "app/config/diagnostics.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

namespace vitral::config {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
            diagonal = above;
        }
    }
    return row[b.size()];
}

}  // namespace

std::string SourceText::line(int number) const {
    std::size_t begin = 0;
    for (int i = 1; i < number && begin != std::string::npos; ++i) {
        begin = text.find('\n', begin);
        if (begin != std::string::npos) ++begin;
    }
    if (begin == std::string::npos || begin >= text.size()) return {};
    std::string found = text.substr(begin, text.find('\n', begin) - begin);
    if (!found.empty() && found.back() == '\r') found.pop_back();
    return found;
}

void Diagnostics::error(SourceSpan span, std::string message, std::string hint) {
    list_.push_back({std::move(span), std::move(message), std::move(hint)});
}

void Diagnostics::append(const Diagnostics& others) {
    list_.insert(list_.end(), others.list_.begin(), others.list_.end());
}

std::vector<Diagnostic> Diagnostics::sorted() const {
    std::vector<Diagnostic> sorted = list_;
    std::stable_sort(sorted.begin(), sorted.end(), [](const Diagnostic& a, const Diagnostic& b) {
        return std::pair(a.span.line, a.span.column) < std::pair(b.span.line, b.span.column);
    });
    return sorted;
}

std::string Diagnostics::format() const {
    std::string out;
    for (const Diagnostic& d : sorted()) {
        out += fmt::format("{}:{}:{}: {}\n", d.span.source->name, d.span.line, d.span.column, d.message);
        // A very long line is shown from a little before the place.
        constexpr int widest = 160;
        const std::string whole = d.span.source->line(d.span.line);
        const int cut = static_cast<int>(whole.size()) > widest ? std::max(0, d.span.column - widest / 2) : 0;
        const std::string line = whole.substr(std::min(static_cast<std::size_t>(cut), whole.size()), widest);
        const int column = d.span.column - cut;
        // Tabs are kept under the line, so that the caret stands below its word.
        std::string below;
        for (int i = 0; i + 1 < column; ++i)
            below +=
                static_cast<std::size_t>(i) < line.size() && line[static_cast<std::size_t>(i)] == '\t' ? '\t' : ' ';
        const int room = std::max(1, static_cast<int>(line.size()) - column + 1);
        below += '^' + std::string(static_cast<std::size_t>(std::clamp(d.span.length, 1, room) - 1), '~');
        out += fmt::format("{:5} | {}\n      | {}{}{}\n", d.span.line, line, below, d.hint.empty() ? "" : " ", d.hint);
    }
    return out;
}

std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates) {
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(2, (word.size() + 1) / 3) + 1;
    for (const std::string& candidate : candidates) {
        std::size_t distance = edit_distance(word, candidate);
        // A word that another contains is near to it: "BK7" means "N-BK7".
        if (word.size() >= 3 && candidate.find(word) != std::string::npos)
            distance = std::min<std::size_t>(distance, 1);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

}  // namespace vitral::config
