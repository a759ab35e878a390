#include "medium/exchanged.hpp"

#include <algorithm>
#include <cmath>

#include "medium/slope_within.hpp"

namespace vitral::medium {

ExchangedGlass::ExchangedGlass(std::shared_ptr<const exchange::Exchange> process, const glass::Material& glass,
                               std::vector<glass::IonPair> pairs, double wavelength, const Window& window,
                               double resolution)
    : process_(std::move(process)), pairs_(std::move(pairs)), window_(window), resolution_(resolution) {
    std::vector<double> c(pairs_.size(), 0.0);
    const auto index = [&](glass::Along along) { return glass::exchanged_index(glass, pairs_, c, wavelength, along); };
    host_ = {index(glass::Along::x), index(glass::Along::y)};
    host_mean_ = index(glass::Along::mean);
    host_slope_ = glass.slope(wavelength).real();
    host_attenuation_ = glass.absorption(wavelength);
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
        c[i] = 1.0;
        change_x_.push_back(index(glass::Along::x) - host_.x);
        change_y_.push_back(index(glass::Along::y) - host_.y);
        change_mean_.push_back(index(glass::Along::mean) - host_mean_);
        c[i] = 0.0;
        change_slope_.push_back(slope_within([&](double at) { return pairs_[i].index_change_mean(at); }, wavelength,
                                             pairs_[i].wavelengths.front(), pairs_[i].wavelengths.back()));
        excess_attenuation_.push_back(pairs_[i].excess_absorption);
    }
}

bool ExchangedGlass::is_birefringent() const {
    return std::any_of(pairs_.begin(), pairs_.end(), [](const auto& pair) { return pair.is_birefringent(); });
}

const std::vector<SmoothMap>& ExchangedGlass::maps() const {
    std::call_once(once_, [this] {
        // The concentration is a spline of its cells: half the resolution keeps the polynomials between close to it.
        const double h = 0.5 * resolution_;
        const auto axis = [h](double lower, double upper) {
            const int count = std::max(8, static_cast<int>(std::ceil((upper - lower) / h)));
            return Axis{lower, (upper - lower) / count, count};
        };
        const Grid grid{axis(window_.left, window_.right), axis(window_.bottom, 0.0)};
        for (std::size_t i = 0; i < pairs_.size(); ++i) maps_.emplace_back(process_->on(grid, i));
    });
    return maps_;
}

Substrate::Index ExchangedGlass::index(double x, double y, double) const {
    Index n = host_;
    const auto& c = maps();
    for (std::size_t i = 0; i < c.size(); ++i) {
        const double here = c[i](x, y);
        n.x += change_x_[i] * here;
        n.y += change_y_[i] * here;
    }
    return n;
}

double ExchangedGlass::slope(double x, double y, double) const {
    double sum = host_slope_;
    const auto& c = maps();
    for (std::size_t i = 0; i < c.size(); ++i) sum += change_slope_[i] * c[i](x, y);
    return sum;
}

double ExchangedGlass::attenuation(double x, double y, double) const {
    if (!host_attenuation_) return 0.0;
    double sum = *host_attenuation_;
    const auto& c = maps();
    for (std::size_t i = 0; i < c.size(); ++i) sum += excess_attenuation_[i] * c[i](x, y);
    return sum;
}

Field<double> ExchangedGlass::combined(const Grid& grid, double base, const std::vector<double>& factors) const {
    std::vector<Field<double>> c;
    for (std::size_t i = 0; i < pairs_.size(); ++i) c.push_back(process_->on(grid, i));
    Field<double> out(grid);
    for (std::size_t p = 0; p < out.values.size(); ++p) {
        double value = base;
        for (std::size_t i = 0; i < c.size(); ++i) value += factors[i] * c[i].values[p];
        out.values[p] = value;
    }
    return out;
}

IndexMap ExchangedGlass::index_on(const Grid& grid, double, Polarization field) const {
    switch (field) {
        case Polarization::along_x:
            return combined(grid, host_.x, change_x_);
        case Polarization::along_y:
            return combined(grid, host_.y, change_y_);
        case Polarization::scalar:
            break;
    }
    return combined(grid, host_mean_, change_mean_);
}

Field<double> ExchangedGlass::attenuation_on(const Grid& grid, double) const {
    return host_attenuation_ ? combined(grid, *host_attenuation_, excess_attenuation_) : Field<double>(grid, 0.0);
}

Field<double> ExchangedGlass::slope_on(const Grid& grid, double) const {
    return combined(grid, host_slope_, change_slope_);
}

}  // namespace vitral::medium
