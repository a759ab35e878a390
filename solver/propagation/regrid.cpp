#include "solver/propagation/regrid.hpp"

#include <algorithm>
#include <cmath>

#include "core/parallel.hpp"
#include "solver/kernels/spline.hpp"

namespace vitral::propagation {
namespace {

/// Points of an axis and `beyond` more on each side, mirrored about the walls, where light has the other sign.
constexpr int beyond = 3;

std::vector<double> positions(const Axis& axis) {
    std::vector<double> x;
    for (int i = -beyond; i < axis.count + beyond; ++i)
        x.push_back(i < 0             ? 2.0 * axis.lower - axis.at(-1 - i)
                    : i >= axis.count ? 2.0 * axis.upper() - axis.at(2 * axis.count - 1 - i)
                                      : axis.at(i));
    return x;
}

std::vector<double> weights(const Axis& axis) {
    std::vector<double> w;
    for (int i = 0; i < axis.count; ++i) w.push_back(std::sqrt(axis.jacobian(i).value));
    return w;
}

/// One line: the numbers at step `step` from `from` become those at the points of `to`.
struct Line {
    const Axis &from, &to;
    std::vector<double> x = positions(from), w_from = weights(from), w_to = weights(to);
    void operator()(const double* in, std::ptrdiff_t step, double* out, std::ptrdiff_t out_step) const {
        std::vector<double> values;
        for (int i = -beyond; i < from.count + beyond; ++i) {
            const bool lower = i < 0, upper = i >= from.count;
            const int j = lower ? -1 - i : upper ? 2 * from.count - 1 - i : i;
            values.push_back((lower || upper ? -1.0 : 1.0) * in[j * step] / w_from[static_cast<std::size_t>(j)]);
        }
        const kernels::CubicSpline spline(x, values);
        for (int i = 0; i < to.count; ++i) out[i * out_step] = spline(to.at(i)) * w_to[static_cast<std::size_t>(i)];
    }
};

}  // namespace

template <typename T>
Field<T> regrid(const Field<T>& light, const Grid& to) {
    const Grid& from = light.grid;
    if (from == to) return light;
    constexpr std::ptrdiff_t parts = sizeof(T) / sizeof(double);
    const auto numbers = [](auto& field) { return reinterpret_cast<double*>(field.values.data()); };
    Field<T> source = light;
    if (from.x != to.x) {
        Field<T> turned(Grid{to.x, from.y});
        const Line line{from.x, to.x};
        parallel_for(from.y.count, static_cast<std::size_t>(8 * from.x.count), [&](std::ptrdiff_t iy) {
            for (std::ptrdiff_t part = 0; part < parts; ++part)
                line(numbers(source) + iy * from.x.count * parts + part, parts,
                     numbers(turned) + iy * to.x.count * parts + part, parts);
        });
        source = std::move(turned);
    }
    if (from.y == to.y) return source;
    Field<T> out(to);
    const Line line{from.y, to.y};
    parallel_for(to.x.count, static_cast<std::size_t>(8 * from.y.count), [&](std::ptrdiff_t ix) {
        for (std::ptrdiff_t part = 0; part < parts; ++part)
            line(numbers(source) + ix * parts + part, to.x.count * parts, numbers(out) + ix * parts + part,
                 to.x.count * parts);
    });
    return out;
}

template Field<double> regrid(const Field<double>&, const Grid&);
template Field<Complex> regrid(const Field<Complex>&, const Grid&);

}  // namespace vitral::propagation
