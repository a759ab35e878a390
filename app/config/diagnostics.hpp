#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vitral::config {

/// A text that errors may point into: a config, a record, or a `--set` of the command line.
struct SourceText {
    std::string name;
    std::string text;
    /// Line number `line` (from 1), without its end.
    [[nodiscard]] std::string line(int line) const;
};

/// A place in a text: line and column from 1, and how many columns to underline.
struct SourceSpan {
    std::shared_ptr<const SourceText> source;
    int line = 0, column = 0, length = 1;
};

struct Diagnostic {
    SourceSpan span;
    std::string message;  ///< what is wrong and what was expected
    std::string hint;     ///< the nearest valid word, or how to find one; may be empty
};

/// Everything that is wrong with an input, collected so that all of it is reported at once.
class Diagnostics {
public:
    void error(SourceSpan span, std::string message, std::string hint = {});
    void append(const Diagnostics& others);
    [[nodiscard]] bool empty() const noexcept { return list_.empty(); }
    /// In the order of the text.
    [[nodiscard]] std::vector<Diagnostic> sorted() const;
    /// As a compiler writes it: place, message, the line, a caret and the hint.
    [[nodiscard]] std::string format() const;

private:
    std::vector<Diagnostic> list_;
};

/// Wrong input, with all its diagnostics. `app` maps it to exit code 3 (a config) or 4 (another file).
class InputError {
public:
    enum class Kind { config = 3, file = 4 };
    InputError(Kind kind, Diagnostics diagnostics) : kind_(kind), diagnostics_(std::move(diagnostics)) {}
    [[nodiscard]] Kind kind() const noexcept { return kind_; }
    [[nodiscard]] const Diagnostics& diagnostics() const noexcept { return diagnostics_; }

private:
    Kind kind_;
    Diagnostics diagnostics_;
};

/// The candidate that is nearest to `word` by edit distance; empty if none is near enough to be meant.
[[nodiscard]] std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace vitral::config
