#include <algorithm>
#include <cmath>

#include "solver/kernels/five_point.hpp"
#include "solver/kernels/flush_denormals.hpp"

namespace vitral::kernels {
namespace {
constexpr float damping = 0.75F;  // of the columns, which are relaxed side by side
constexpr int smallest = 32;      // cells below which the mesh is not coarsened further
constexpr int coarsest_sweeps = 4;

std::size_t size_of(int nx, int ny) { return static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny); }

/// coarse[j] = 3/4 of its own fine cells and 1/4 of the nearest of its neighbours'; at the ends the whole of the outermost.
void restrict_line(const float* fine, int nx, float* coarse, int cx) {
    for (int j = 1; j + 2 < cx; ++j)
        coarse[j] = 0.75F * (fine[2 * j] + fine[2 * j + 1]) + 0.25F * (fine[2 * j - 1] + fine[2 * j + 2]);
    for (const int j : {0, std::max(cx - 2, 0), cx - 1}) {
        const int a = 2 * j, b = a + 1;
        coarse[j] = (j == 0 ? 1.0F : 0.75F) * fine[a];
        if (b < nx) coarse[j] += (j == cx - 1 ? 1.0F : 0.75F) * fine[b];
        if (j > 0) coarse[j] += 0.25F * fine[a - 1];
        if (b + 1 < nx) coarse[j] += 0.25F * fine[b + 1];
    }
}

/// The transpose of restrict_line, added to `fine`.
void add_interpolated(const float* coarse, int cx, float* fine, int nx) {
    fine[0] += coarse[0];
    for (int j = 1; j < cx; ++j) {
        fine[2 * j - 1] += 0.75F * coarse[j - 1] + 0.25F * coarse[j];
        fine[2 * j] += 0.25F * coarse[j - 1] + 0.75F * coarse[j];
    }
    if (nx == 2 * cx) fine[nx - 1] += coarse[cx - 1];
}

}  // namespace

Multigrid::Multigrid(int nx, int ny) {
    for (bool finest = true;; finest = false) {
        Level level{nx, ny, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
        if (!finest) level.matrix = FivePointMatrix(nx, ny);
        for (auto* band : {&level.center, &level.west, &level.east, &level.south, &level.north, &level.row_pivot,
                           &level.column_pivot})
            band->resize(size_of(nx, ny));
        for (auto* work : {&level.r, &level.z, &level.residual, &level.work}) work->assign(size_of(nx, ny + 2), 0.0F);
        levels_.push_back(std::move(level));
        // A single line of cells is factored exactly.
        if (nx == 1 || ny == 1 || nx * ny <= smallest) break;
        nx = (nx + 1) / 2;
        ny = (ny + 1) / 2;
    }
}

void Multigrid::factor(const FivePointMatrix& A) {
    prepare(levels_[0], A);
    for (std::size_t k = 1; k < levels_.size(); ++k) {
        coarsen(k == 1 ? A : levels_[k - 1].matrix, levels_[k]);
        prepare(levels_[k], levels_[k].matrix);
    }
}

/// Copies the bands and factors all lines.
void Multigrid::prepare(Level& level, const FivePointMatrix& A) {
    const std::size_t size = size_of(level.nx, level.ny), nx = static_cast<std::size_t>(level.nx);
    const auto copy = [&](const std::vector<double>& from, std::vector<float>& to) {
        for (std::size_t i = 0; i < size; ++i) to[i] = static_cast<float>(from[i]);
    };
    copy(A.center, level.center);
    copy(A.west, level.west);
    copy(A.east, level.east);
    copy(A.south, level.south);
    copy(A.north, level.north);
    double before = 0.0;
    std::vector<double> below(nx, 0.0);
    for (std::size_t i = 0; i < size; ++i) {
        before = 1.0 / (A.center[i] - (i >= 1 ? A.west[i] * A.east[i - 1] * before : 0.0));
        level.row_pivot[i] = static_cast<float>(before);
        double& column = below[i % nx];
        column = 1.0 / (A.center[i] - (i >= nx ? A.south[i] * A.north[i - nx] * column : 0.0));
        level.column_pivot[i] = static_cast<float>(column);
    }
}

/// z += damping T⁻¹ r, T the couplings along columns; all columns side by side. `work` is overwritten.
void Multigrid::relax_columns(const Level& level, const Padded& r, Padded& z, Padded& work, Start start) {
    const auto nx = static_cast<std::ptrdiff_t>(level.nx), size = static_cast<std::ptrdiff_t>(level.ny) * nx;
    const float* rp = r.data() + nx;
    float *zp = z.data() + nx, *wp = work.data() + nx;
    const float *s = level.south.data(), *n = level.north.data(), *pivot = level.column_pivot.data();
    for (std::ptrdiff_t i = 0; i < nx; ++i) wp[i] = rp[i] * pivot[i];
    for (std::ptrdiff_t row = nx; row < size; row += nx)
        for (std::ptrdiff_t i = row; i < row + nx; ++i) wp[i] = (rp[i] - s[i] * wp[i - nx]) * pivot[i];
    for (std::ptrdiff_t row = size - 2 * nx; row >= 0; row -= nx)
        for (std::ptrdiff_t i = row; i < row + nx; ++i) wp[i] -= n[i] * wp[i + nx] * pivot[i];
    if (start == Start::from_zero)
        for (std::ptrdiff_t i = 0; i < size; ++i) zp[i] = damping * wp[i];
    else
        for (std::ptrdiff_t i = 0; i < size; ++i) zp[i] += damping * wp[i];
}

/// Rows one after the other, each solved exactly with its neighbours' last values (block Gauss-Seidel).
void Multigrid::relax_rows(const Level& level, const Padded& r, Padded& z, Order order) {
    const auto nx = static_cast<std::ptrdiff_t>(level.nx), ny = static_cast<std::ptrdiff_t>(level.ny);
    const float *w = level.west.data(), *e = level.east.data(), *s = level.south.data(), *n = level.north.data(),
                *pivot = level.row_pivot.data();
    for (std::ptrdiff_t k = 0; k < ny; ++k) {
        const std::ptrdiff_t row = (order == Order::upwards ? k : ny - 1 - k) * nx;
        const float *rp = r.data() + nx, *below = z.data() + row, *above = z.data() + row + 2 * nx;
        float* zp = z.data() + nx;
        // The chain from cell to cell holds one product and one sum: everything else is prepared off it.
        float last = 0.0F;
        for (std::ptrdiff_t i = row; i < row + nx; ++i) {
            const float known = (rp[i] - s[i] * below[i - row] - n[i] * above[i - row]) * pivot[i];
            last = known - w[i] * pivot[i] * last;
            zp[i] = last;
        }
        for (std::ptrdiff_t i = row + nx - 1; i-- > row;) {
            last = zp[i] - e[i] * pivot[i] * last;
            zp[i] = last;
        }
    }
}

void Multigrid::residual(const Level& level, const Padded& r, const Padded& z, Padded& out) {
    const auto nx = static_cast<std::ptrdiff_t>(level.nx), size = static_cast<std::ptrdiff_t>(level.ny) * nx;
    const float *rp = r.data() + nx, *zp = z.data() + nx;
    float* op = out.data() + nx;
    const float *c = level.center.data(), *w = level.west.data(), *e = level.east.data(), *s = level.south.data(),
                *n = level.north.data();
    for (std::ptrdiff_t i = 0; i < size; ++i)
        op[i] = rp[i] - (c[i] * zp[i] + w[i] * zp[i - 1] + e[i] * zp[i + 1] + s[i] * zp[i - nx] + n[i] * zp[i + nx]);
}

void Multigrid::coarsen(const FivePointMatrix& A, Level& coarse) {
    FivePointMatrix& B = coarse.matrix;
    const int fx = A.nx, fy = A.ny;
    const auto row = static_cast<std::size_t>(fx), coarse_row = static_cast<std::size_t>(coarse.nx);
    for (auto* band : {&B.center, &B.west, &B.east, &B.south, &B.north}) std::fill(band->begin(), band->end(), 0.0);
    // A pair of couplings out (column a, row b: -p) and back (-q) is a conductance (p + q)/2 and a drift p - q.
    const auto join = [](double inner_a, double face, double inner_b) {
        // Resistances in series; the halves of the two inner faces lie between the coarse centres.
        double resistance = 1.0 / face;
        if (inner_a > 0.0) resistance += 0.5 / inner_a;
        if (inner_b > 0.0) resistance += 0.5 / inner_b;
        return 1.0 / resistance;
    };
    const auto conductance_x = [&](std::size_t a) { return -0.5 * (A.east[a] + A.west[a + 1]); };
    const auto conductance_y = [&](std::size_t a) { return -0.5 * (A.north[a] + A.south[a + row]); };
    for (int y = 0; y < fy; ++y)
        for (int x = 0; x < fx; ++x) {
            const std::size_t a = static_cast<std::size_t>(y) * row + static_cast<std::size_t>(x);
            const std::size_t c = static_cast<std::size_t>(y / 2) * coarse_row + static_cast<std::size_t>(x / 2);
            // What the column keeps or loses outside goes to the coarse centre.
            double kept = A.center[a];
            if (x + 1 < fx) kept += A.west[a + 1];
            if (x > 0) kept += A.east[a - 1];
            if (y + 1 < fy) kept += A.south[a + row];
            if (y > 0) kept += A.north[a - row];
            B.center[c] += kept;
            const auto face = [&](double G, double drift, std::vector<double>& forward, std::vector<double>& backward,
                                  std::size_t to) {
                const double p = std::max(G + 0.5 * drift, 0.0), q = std::max(G - 0.5 * drift, 0.0);
                B.center[c] += p;
                B.center[to] += q;
                forward[c] -= q;
                backward[to] -= p;
            };
            if (x % 2 == 1 && x + 1 < fx) {
                const double G = conductance_x(a);
                if (G > 0.0)
                    face(join(conductance_x(a - 1), G, x + 2 < fx ? conductance_x(a + 1) : 0.0),
                         A.east[a] - A.west[a + 1], B.east, B.west, c + 1);
            }
            if (y % 2 == 1 && y + 1 < fy) {
                const double G = conductance_y(a);
                if (G > 0.0)
                    face(join(conductance_y(a - row), G, y + 2 < fy ? conductance_y(a + row) : 0.0),
                         A.north[a] - A.south[a + row], B.north, B.south, c + coarse_row);
            }
        }
}

void Multigrid::cycle(std::size_t which) {
    Level& level = levels_[which];
    if (level.nx == 1 || level.ny == 1) {  // a single line: exact
        std::fill(level.z.begin(), level.z.end(), 0.0F);
        if (level.ny == 1) return relax_rows(level, level.r, level.z, Order::upwards);
        relax_columns(level, level.r, level.z, level.work, Start::from_zero);
        for (float& value : level.z) value /= damping;
        return;
    }
    relax_columns(level, level.r, level.z, level.work, Start::from_zero);
    relax_rows(level, level.r, level.z, Order::upwards);
    if (which + 1 == levels_.size()) {
        for (int sweep = 1; sweep < coarsest_sweeps; ++sweep) {
            relax_rows(level, level.r, level.z, Order::downwards);
            residual(level, level.r, level.z, level.residual);
            relax_columns(level, level.residual, level.z, level.work, Start::from_present);
            residual(level, level.r, level.z, level.residual);
            relax_columns(level, level.residual, level.z, level.work, Start::from_present);
            relax_rows(level, level.r, level.z, Order::upwards);
        }
        relax_rows(level, level.r, level.z, Order::downwards);
        residual(level, level.r, level.z, level.residual);
        relax_columns(level, level.residual, level.z, level.work, Start::from_present);
        return;
    }
    Level& coarse = levels_[which + 1];
    residual(level, level.r, level.z, level.residual);
    // Interpolation: 3/4 of the parent and 1/4 of the next coarse cell along each axis; restriction is its transpose.
    const int ny = level.ny, cx = coarse.nx, cy = coarse.ny;
    const auto next_to = [](int i, int count) { return std::clamp(i % 2 == 0 ? i / 2 - 1 : i / 2 + 1, 0, count - 1); };
    const auto fine_row = [&](Padded& v, int y) { return v.data() + static_cast<std::ptrdiff_t>(y + 1) * level.nx; };
    const auto coarse_row = [&](Padded& v, int y) { return v.data() + static_cast<std::ptrdiff_t>(y + 1) * cx; };
    float* line = level.work.data();  // a coarse line of x, reused
    std::fill(coarse.r.begin(), coarse.r.end(), 0.0F);
    for (int y = 0; y < ny; ++y) {
        restrict_line(fine_row(level.residual, y), level.nx, line, cx);
        float *parent = coarse_row(coarse.r, y / 2), *next = coarse_row(coarse.r, next_to(y, cy));
        for (int x = 0; x < cx; ++x) parent[x] += 0.75F * line[x];
        for (int x = 0; x < cx; ++x) next[x] += 0.25F * line[x];
    }
    cycle(which + 1);
    for (int y = 0; y < ny; ++y) {
        const float *parent = coarse_row(coarse.z, y / 2), *next = coarse_row(coarse.z, next_to(y, cy));
        for (int x = 0; x < cx; ++x) line[x] = 0.75F * parent[x] + 0.25F * next[x];
        add_interpolated(line, cx, fine_row(level.z, y), level.nx);
    }
    relax_rows(level, level.r, level.z, Order::downwards);
    residual(level, level.r, level.z, level.residual);
    relax_columns(level, level.residual, level.z, level.work, Start::from_present);
}

void Multigrid::apply(std::span<const double> r, std::span<double> z) {
    const FlushDenormals flush;
    // Single precision has few exponents: the residual is brought to unit size, and the answer back.
    Level& finest = levels_[0];
    double size = 0.0;
    for (const double value : r) size = std::max(size, std::abs(value));
    if (!(size > 0.0) || !std::isfinite(size)) {
        std::fill(z.begin(), z.end(), size);
        return;
    }
    const auto row = static_cast<std::size_t>(finest.nx);
    const double into = 1.0 / size;
    for (std::size_t i = 0; i < r.size(); ++i) finest.r[row + i] = static_cast<float>(into * r[i]);
    cycle(0);
    for (std::size_t i = 0; i < z.size(); ++i) z[i] = size * static_cast<double>(finest.z[row + i]);
}

}  // namespace vitral::kernels
