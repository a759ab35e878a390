#pragma once
#include <memory>
#include <mutex>
#include <vector>

#include "diffusion/exchange/exchange.hpp"
#include "diffusion/glass/glass.hpp"
#include "medium/smooth_map.hpp"
#include "medium/substrate.hpp"

namespace vitral::medium {

/// Exchanged glass at one wavelength: n = n_glass(λ) + Σ Δn_i(λ) c_i(x, y) (diffusion/glass), its absorption likewise.
class ExchangedGlass final : public Substrate {
public:
    /// `resolution` [m]: points are read between samples of the concentration half as far apart.
    ExchangedGlass(std::shared_ptr<const exchange::Exchange> process, const glass::Material& glass,
                   std::vector<glass::IonPair> pairs, double wavelength, const Window& window, double resolution);
    [[nodiscard]] Index index(double x, double y, double z) const override;
    [[nodiscard]] double slope(double x, double y, double z) const override;
    [[nodiscard]] double attenuation(double x, double y, double z) const override;
    [[nodiscard]] bool knows_attenuation() const override { return host_attenuation_.has_value(); }
    [[nodiscard]] bool is_birefringent() const override;
    [[nodiscard]] bool is_layered() const override { return process_->mesh.nx() == 1; }
    [[nodiscard]] double background_index() const override { return host_.x; }
    [[nodiscard]] IndexMap index_on(const Grid& grid, double z, Polarization field) const override;
    [[nodiscard]] Field<double> attenuation_on(const Grid& grid, double z) const override;
    [[nodiscard]] Field<double> slope_on(const Grid& grid, double z) const override;

private:
    /// base + Σ factor_i c_i on a grid.
    [[nodiscard]] Field<double> combined(const Grid& grid, double base, const std::vector<double>& factors) const;
    /// The concentrations between the points of a fine grid; made when a point is first asked for.
    [[nodiscard]] const std::vector<SmoothMap>& maps() const;

    std::shared_ptr<const exchange::Exchange> process_;
    std::vector<glass::IonPair> pairs_;
    Window window_;
    double resolution_;
    Index host_{};
    double host_mean_ = 0.0, host_slope_ = 0.0;
    std::optional<double> host_attenuation_;
    std::vector<double> change_x_, change_y_, change_mean_, change_slope_, excess_attenuation_;  ///< at C = 1
    mutable std::once_flag once_;
    mutable std::vector<SmoothMap> maps_;
};

}  // namespace vitral::medium
