#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace vitral::medium {

/// n(x, y, z) as a formula in muParser's syntax; x, y, z in micrometres, as in the literature. A closed arithmetic
/// grammar: nothing but numbers comes out. muParser is named in this class's source file only.
class Formula {
public:
    /// Throws std::invalid_argument with muParser's message.
    Formula(const std::string& text, const std::map<std::string, double>& constants);
    ~Formula();
    Formula(Formula&&) noexcept;
    /// x, y, z in metres.
    [[nodiscard]] double operator()(double x, double y, double z) const;
    [[nodiscard]] bool uses_z() const noexcept { return uses_z_; }
    /// Whether x or y occurs: without them the formula is one number across the section.
    [[nodiscard]] bool varies_across() const noexcept { return varies_across_; }

private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
    bool uses_z_ = false, varies_across_ = false;
};

/// Why a formula cannot be used; nothing if it can.
[[nodiscard]] std::optional<std::string> formula_error(const std::string& text,
                                                       const std::map<std::string, double>& constants);

}  // namespace vitral::medium
