#pragma once
#include <map>
#include <string>

#include "medium/formula.hpp"
#include "medium/substrate.hpp"

namespace vitral::medium {

/// The index by a formula n(x, y, z): real, isotropic and without dispersion.
class FormulaIndex final : public Substrate {
public:
    /// Where the formula ends: at a surface, above which its value at y = 0 is kept, or nowhere.
    enum class Reach { below_surface, everywhere };
    FormulaIndex(std::string text, std::map<std::string, double> constants, const Window& window, Reach reach);
    [[nodiscard]] Index index(double x, double y, double z) const override;
    [[nodiscard]] bool changes_along_z() const override { return formula_.uses_z(); }
    [[nodiscard]] bool is_uniform() const override { return !formula_.varies_across(); }
    [[nodiscard]] double background_index() const override { return background_; }
    /// The constants of the formula.
    [[nodiscard]] std::vector<MediumParameter> parameters() const override;
    [[nodiscard]] IndexMap index_on(const Grid& grid, double z, Polarization field) const override;

private:
    std::string text_;
    std::map<std::string, double> constants_;
    Reach reach_;
    Formula formula_;
    double background_;
};

}  // namespace vitral::medium
