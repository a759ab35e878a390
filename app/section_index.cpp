#include "app/section_index.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/drawn_box.hpp"
#include "app/formula.hpp"
#include "app/materials.hpp"
#include "app/slope_within.hpp"
#include "core/errors.hpp"
#include "modes/polarized_index.hpp"
#include "solver/layout/moved_section.hpp"

namespace vitral::app {
namespace {

/// What lies above the surface.
struct Cover {
    bool everywhere_glass = false;  ///< no cover at all, or one that a wall stands for
    double index = 1.0;
};

/// Share of a cell at y that lies above the surface.
double share_above(const Grid& grid, double y) { return std::clamp(0.5 + y / grid.y.spacing, 0.0, 1.0); }

/// n at a point of a cell that the surface may cut: above it the cover, below it the glass, and n² in proportion between.
template <typename GlassIndex>
double with_cover(const Grid& grid, const Cover& cover, double x, double y, GlassIndex&& glass) {
    if (cover.everywhere_glass || grid.is_slab()) return glass(x, y);
    const double above = share_above(grid, y);
    if (above >= 1.0) return cover.index;
    const double n = glass(x, std::min(y, 0.0));
    return above <= 0.0 ? n : std::sqrt((1.0 - above) * n * n + above * cover.index * cover.index);
}

/// A formula as an index along z.
class FormulaIndex final : public IndexAlongZ {
public:
    FormulaIndex(const Grid& grid, Cover cover, const std::string& text, const std::map<std::string, double>& constants,
                 std::vector<DrawnBox> boxes, double wavelength, Polarization seen_by)
        : grid_(grid),
          cover_(cover),
          formula_(text, constants),
          boxes_(std::move(boxes)),
          wavelength_(wavelength),
          seen_by_(seen_by) {}
    [[nodiscard]] const Grid& grid() const override { return grid_; }
    void at(double z, IndexMap& map) const override {
        map = sample(grid_, [&](double x, double y) {
            if (const DrawnBox* box = box_at(boxes_, x, grid_.is_slab() ? 0.0 : y)) return box->index;
            const double n = with_cover(grid_, cover_, x, y,
                                        [&](double u, double v) { return formula_(u, grid_.is_slab() ? 0.0 : v, z); });
            if (!(n > 0.0 && n < 10.0))
                throw Error(Failure::input_file, "the index formula gives " + std::to_string(n),
                            "x = " + std::to_string(x * 1e6) + " um, y = " + std::to_string(y * 1e6) +
                                " um, z = " + std::to_string(z * 1e6) + " um");
            return n;
        });
        map = modes::polarized_index(std::move(map), wavelength_, seen_by_);
    }
    [[nodiscard]] double constant_until(double z) const override {
        return formula_.uses_z() ? z : std::numeric_limits<double>::infinity();
    }

private:
    Grid grid_;
    Cover cover_;
    Formula formula_;
    std::vector<DrawnBox> boxes_;
    double wavelength_;
    Polarization seen_by_;
};

}  // namespace

SectionIndex::SectionIndex(const Case& c, double wavelength, const exchange::Exchange* process,
                           const glass::Glass* glass)
    : case_(c), wavelength_(wavelength), process_(process), glass_(glass) {
    if (glass_ != nullptr) {
        pairs_ = exchanged_pairs(*glass_, c.process);
        bulk_index_ = glass_->dispersion.index(wavelength);
    } else {
        const Formula formula(c.index->formula, c.index->constants);
        formula_uses_z_ = formula.uses_z();
        bulk_index_ = formula(0.5 * c.section.width, c.section.slab ? 0.0 : -c.section.depth, 0.0);
    }
    if (c.section.slab || c.section.cover == "none") {
        dark_cover_ = false;
        cover_index_ = bulk_index_;
    } else {
        cover_ = load_cover(c.section.cover, c.folder);
        cover_index_ = cover_.index(wavelength);
        dark_cover_ = modes::is_dark(bulk_index_, cover_index_);
    }
}

void SectionIndex::set_grid(double n_eff, double resolution) {
    section_.reset();
    const modes::SectionParams params{case_.section.width, case_.section.depth, case_.section.height, resolution};
    if (case_.section.slab) {
        grid_ = modes::slab_grid(params);
    } else {
        grid_ = modes::section_grid(params, dark_cover_
                                                ? modes::dark_wall(n_eff, cover_index_, wavelength_, case_.field_axis())
                                                : params.height);
    }
}

SectionIndex SectionIndex::on(const Grid& grid) const {
    SectionIndex other(*this);
    if (grid == grid_) return other;
    other.section_.reset();
    if (grid.x != grid_.x) other.uniform_x_ = grid_.x;
    other.grid_ = grid;
    return other;
}

IndexMap SectionIndex::exchanged(glass::Along along) const {
    std::vector<Field<double>> c;
    std::vector<double> unit(pairs_.size(), 0.0), change;
    const double host = glass::exchanged_index(*glass_, pairs_, unit, wavelength_, along);
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
        c.push_back(process_->on(grid_, i));
        unit[i] = 1.0;
        change.push_back(glass::exchanged_index(*glass_, pairs_, unit, wavelength_, along) - host);
        unit[i] = 0.0;
    }
    const Cover cover{dark_cover_, cover_index_};
    IndexMap n(grid_);
    for (int iy = 0; iy < grid_.y.count; ++iy)
        for (int ix = 0; ix < grid_.x.count; ++ix)
            n(ix, iy) = with_cover(grid_, cover, grid_.x.at(ix), grid_.y.at(iy), [&](double, double) {
                double value = host;
                for (std::size_t i = 0; i < c.size(); ++i) value += change[i] * c[i](ix, iy);
                return value;
            });
    return n;
}

std::optional<IndexMap> SectionIndex::section_along(glass::Along along) const {
    if (std::none_of(pairs_.begin(), pairs_.end(), [](const glass::IonPair& pair) { return pair.is_birefringent(); }))
        return {};
    return exchanged(along);
}

std::optional<Field<double>> SectionIndex::absorption() const {
    if (process_ == nullptr || !glass_->absorption(wavelength_)) return {};
    std::vector<Field<double>> c;
    for (std::size_t i = 0; i < pairs_.size(); ++i) c.push_back(process_->on(grid_, i));
    Field<double> map(grid_, 0.0);
    std::vector<double> here(c.size());
    for (int iy = 0; iy < grid_.y.count; ++iy)
        for (int ix = 0; ix < grid_.x.count; ++ix) {
            for (std::size_t i = 0; i < c.size(); ++i) here[i] = c[i](ix, iy);
            const double share = dark_cover_ ? 1.0 : 1.0 - share_above(grid_, grid_.y.at(iy));
            map(ix, iy) = share * *glass::exchanged_absorption(*glass_, pairs_, here, wavelength_);
        }
    return map;
}

IndexMap SectionIndex::formula_section(const std::string& formula, const std::map<std::string, double>& constants,
                                       Polarization seen_by) const {
    auto all = constants;
    if (case_.index) all.insert(case_.index->constants.begin(), case_.index->constants.end());
    IndexMap map(grid_);
    FormulaIndex(grid_, {dark_cover_ || case_.section.cover == "none", cover_index_}, formula, all,
                 drawn_boxes(case_, wavelength_), wavelength_, seen_by)
        .at(0.0, map);
    return map;
}

IndexMap SectionIndex::seen_section_of(const std::string& formula,
                                       const std::map<std::string, double>& constants) const {
    return formula_section(formula, constants, seen_by());
}

IndexMap SectionIndex::section() const {
    if (!section_) section_ = computed_section();
    return *section_;
}

IndexMap SectionIndex::computed_section() const {
    if (process_ == nullptr) return formula_section(case_.index->formula, {}, Polarization::scalar);
    switch (case_.field_axis()) {
        case Polarization::along_x:
            return exchanged(glass::Along::x);
        case Polarization::along_y:
            return exchanged(glass::Along::y);
        case Polarization::scalar:
            break;
    }
    return exchanged(glass::Along::mean);
}

Polarization SectionIndex::stepped() const {
    if (!stepped_)
        stepped_ = case_.section.slab && modes::largest_jump(section(), case_.field_axis()) > modes::weak_jump
                       ? case_.field_axis()
                       : Polarization::scalar;
    return *stepped_;
}

Polarization SectionIndex::seen_by() const {
    return stepped() == Polarization::scalar ? case_.field_axis() : Polarization::scalar;
}

IndexMap SectionIndex::seen_section() const { return modes::polarized_index(section(), wavelength_, seen_by()); }

Field<double> SectionIndex::dispersion() const {
    Field<double> slope(grid_, 0.0);
    if (process_ == nullptr) return slope;
    const auto host = [&](double wavelength) { return glass_->dispersion.index(wavelength); };
    const double host_slope =
        slope_within(host, wavelength_, glass_->dispersion.shortest_wavelength, glass_->dispersion.longest_wavelength);
    std::vector<Field<double>> c;
    std::vector<double> change_slope;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
        c.push_back(process_->on(grid_, i));
        change_slope.push_back(slope_within([&](double wavelength) { return pairs_[i].index_change_mean(wavelength); },
                                            wavelength_, pairs_[i].wavelengths.front(), pairs_[i].wavelengths.back()));
    }
    const double cover_slope = slope_within([&](double wavelength) { return cover_.index(wavelength); }, wavelength_,
                                            cover_.shortest_wavelength, cover_.longest_wavelength);
    for (int iy = 0; iy < grid_.y.count; ++iy) {
        const double above = dark_cover_ ? 0.0 : share_above(grid_, grid_.y.at(iy));
        for (int ix = 0; ix < grid_.x.count; ++ix) {
            double glass_slope = host_slope;
            for (std::size_t i = 0; i < c.size(); ++i) glass_slope += change_slope[i] * c[i](ix, iy);
            slope(ix, iy) = (1.0 - above) * glass_slope + above * cover_slope;
        }
    }
    return slope;
}

std::unique_ptr<IndexAlongZ> SectionIndex::along_z() const {
    if (case_.follows_path()) {
        const auto bend = case_.propagation ? case_.propagation->bend : layout::BendMap{};
        const IndexMap section = uniform_x_ ? on({*uniform_x_, grid_.y}).seen_section() : seen_section();
        return std::make_unique<layout::MovedSection>(section, case_.path(), bend, grid_.x);
    }
    if (process_ == nullptr)
        return formula_uses_z_
                   ? std::unique_ptr<IndexAlongZ>(std::make_unique<FormulaIndex>(
                         grid_, Cover{dark_cover_ || case_.section.cover == "none", cover_index_}, case_.index->formula,
                         case_.index->constants, drawn_boxes(case_, wavelength_), wavelength_, seen_by()))
                   : std::make_unique<StraightIndex>(seen_section());
    return std::make_unique<StraightIndex>(seen_section());
}

}  // namespace vitral::app
