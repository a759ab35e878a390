#pragma once
#include <limits>
#include <utility>
#include <vector>

#include "core/index_map.hpp"

namespace vitral {

/// Columns begin <= ix < end of a grid.
struct ColumnRange {
    int begin = 0, end = 0;
};

/// What a propagator is given: the index at z, and how far it may be taken as constant.
/// A formula, a measured volume, and mask + process are three implementations; no propagator knows which it has.
class SampledMedium {
public:
    virtual ~SampledMedium() = default;
    /// The grid on which at() samples.
    [[nodiscard]] virtual const Grid& grid() const = 0;
    /// Writes n(x, y) at z into `map`, which has the grid of grid().
    virtual void at(double z, IndexMap& map) const = 0;
    /// The largest z' >= z such that the index does not change on [z, z'].
    [[nodiscard]] virtual double constant_until(double z) const = 0;
    /// Outside these columns at(z0) and at(z1) write the same bits: a guide that moves leaves the rest of the section alone.
    [[nodiscard]] virtual ColumnRange changed_columns(double, double) const { return {0, grid().x.count}; }
    /// The next z' > z at which the index jumps; a march ends a step there.
    [[nodiscard]] virtual double next_jump(double) const { return std::numeric_limits<double>::infinity(); }
    /// Whether the glass absorbs: n + i kappa, kappa > 0.
    [[nodiscard]] virtual bool absorbs() const { return false; }
    /// Writes kappa(x, y) at z, where absorbs() is true.
    virtual void extinction_at(double, Field<double>&) const {}
};

/// The same structure met from its other end: z runs from the end of `length` to its beginning.
class MirroredIndex final : public SampledMedium {
public:
    MirroredIndex(const SampledMedium& index, double length) : index_(index), length_(length) {
        for (double z = index.next_jump(0.0); z < length; z = index.next_jump(z)) jumps_.push_back(length - z);
    }
    [[nodiscard]] const Grid& grid() const override { return index_.grid(); }
    void at(double z, IndexMap& map) const override { index_.at(length_ - z, map); }
    [[nodiscard]] double constant_until(double z) const override {
        return index_.constant_until(0.0) >= length_ ? std::numeric_limits<double>::infinity() : z;
    }
    [[nodiscard]] ColumnRange changed_columns(double z0, double z1) const override {
        return index_.changed_columns(length_ - z0, length_ - z1);
    }
    [[nodiscard]] double next_jump(double z) const override {
        for (auto jump = jumps_.rbegin(); jump != jumps_.rend(); ++jump)
            if (*jump > z) return *jump;
        return std::numeric_limits<double>::infinity();
    }
    [[nodiscard]] bool absorbs() const override { return index_.absorbs(); }
    void extinction_at(double z, Field<double>& kappa) const override { index_.extinction_at(length_ - z, kappa); }

private:
    const SampledMedium& index_;
    double length_;
    std::vector<double> jumps_;  ///< descending
};

/// A straight structure: the same section at every z.
class StraightIndex final : public SampledMedium {
public:
    explicit StraightIndex(IndexMap map) : map_(std::move(map)) {}
    StraightIndex(IndexMap map, Field<double> extinction) : map_(std::move(map)), extinction_(std::move(extinction)) {}
    [[nodiscard]] const Grid& grid() const override { return map_.grid; }
    void at(double, IndexMap& map) const override { map.values = map_.values; }
    [[nodiscard]] double constant_until(double) const override { return std::numeric_limits<double>::infinity(); }
    [[nodiscard]] bool absorbs() const override { return !extinction_.values.empty(); }
    void extinction_at(double, Field<double>& kappa) const override { kappa.values = extinction_.values; }

private:
    IndexMap map_;
    Field<double> extinction_;  ///< empty where nothing absorbs
};

}  // namespace vitral
