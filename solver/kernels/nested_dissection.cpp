#include "solver/kernels/nested_dissection.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <complex>
#include <stdexcept>

#include "core/parallel.hpp"

namespace vitral::kernels {
namespace {

template <typename T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
template <typename T>
using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

/// Half of a box's elements lie below `cut`, across its longer side.
struct Range {
    int x0, x1, y0, y1;
    [[nodiscard]] bool is_element() const { return x1 - x0 == 1 && y1 - y0 == 1; }
    [[nodiscard]] std::pair<Range, Range> halves() const {
        if (x1 - x0 >= y1 - y0) {
            const int cut = (x0 + x1) / 2;
            return {{x0, cut, y0, y1}, {cut, x1, y0, y1}};
        }
        const int cut = (y0 + y1) / 2;
        return {{x0, x1, y0, cut}, {x0, x1, cut, y1}};
    }
};

}  // namespace

/// What is left of a box when the unknowns inside it are gone.
template <typename T>
struct NestedDissection<T>::Box {
    std::unique_ptr<Box> first, second;
    std::vector<int> inside, border;  ///< unknowns eliminated here; those that it shares with its neighbours
    Eigen::PartialPivLU<Matrix<T>> factor;
    Matrix<T> to_border;  ///< A_ii⁻¹ A_ib
    Matrix<T> left;       ///< A_bb - A_bi A_ii⁻¹ A_ib, until the parent took it

    void eliminate(const Matrix<T>& own, const Matrix<T>& across, Matrix<T> rest) {
        if (!inside.empty()) {
            factor.compute(own);
            const auto diagonal = factor.matrixLU().diagonal().cwiseAbs();
            if (!(diagonal.minCoeff() > 0.0) || !std::isfinite(diagonal.maxCoeff()))
                throw std::runtime_error("a box of the matrix is singular");
            if (across.cols() > 0) {
                to_border = factor.solve(across);
                rest.noalias() -= across.transpose() * to_border;
            }
        }
        left = std::move(rest);
    }
    /// Adds what a half left to the blocks of this box; `place` tells where an unknown lies: inside >= 0, border as -1 - b.
    static void gather(const Box& half, const std::vector<int>& place, Matrix<T>& own, Matrix<T>& across,
                       Matrix<T>& rest) {
        const auto n = static_cast<Eigen::Index>(half.border.size());
        for (Eigen::Index c = 0; c < n; ++c) {
            const int pc = place[static_cast<std::size_t>(half.border[static_cast<std::size_t>(c)])];
            for (Eigen::Index r = 0; r < n; ++r) {
                const int pr = place[static_cast<std::size_t>(half.border[static_cast<std::size_t>(r)])];
                const T value = half.left(r, c);
                if (pr >= 0 && pc >= 0)
                    own(pr, pc) += value;
                else if (pr >= 0)
                    across(pr, -1 - pc) += value;
                else if (pc < 0)
                    rest(-1 - pr, -1 - pc) += value;
            }
        }
    }
    void forward(std::span<T> b) const {
        if (first) first->forward(b), second->forward(b);
        if (inside.empty() || border.empty()) return;
        const Vector<T> down = to_border.transpose() * taken(inside, b);
        for (std::size_t i = 0; i < border.size(); ++i)
            b[static_cast<std::size_t>(border[i])] -= down[static_cast<Eigen::Index>(i)];
    }
    void backward(std::span<T> b) const {
        if (!inside.empty()) {
            Vector<T> x = factor.solve(taken(inside, b));
            if (!border.empty()) x.noalias() -= to_border * taken(border, b);
            for (std::size_t i = 0; i < inside.size(); ++i)
                b[static_cast<std::size_t>(inside[i])] = x[static_cast<Eigen::Index>(i)];
        }
        if (first) first->backward(b), second->backward(b);
    }
    static Vector<T> taken(const std::vector<int>& numbers, std::span<T> b) {
        Vector<T> x(static_cast<Eigen::Index>(numbers.size()));
        for (std::size_t i = 0; i < numbers.size(); ++i)
            x[static_cast<Eigen::Index>(i)] = b[static_cast<std::size_t>(numbers[i])];
        return x;
    }
    [[nodiscard]] std::size_t bytes() const {
        const auto n = inside.size(), all = n + border.size();
        return sizeof(T) * n * all + (first ? first->bytes() + second->bytes() : 0);
    }
};

namespace {

/// How many elements an unknown belongs to.
std::vector<int> element_counts(const TensorElements& elements) {
    std::vector<int> count(static_cast<std::size_t>(elements.size()), 0);
    for (int ex = 0; ex < elements.nx(); ++ex)
        for (int ey = 0; ey < elements.ny(); ++ey)
            for (int l = 0; l < static_cast<int>(elements.local().size()); ++l)
                if (const int g = elements.global(ex, ey, l); g >= 0) ++count[static_cast<std::size_t>(g)];
    return count;
}

}  // namespace

template <typename T>
NestedDissection<T>::NestedDissection(const TensorElements& elements, const ElementMatrix& matrix,
                                      void (*between_boxes)()) {
    const int nx = elements.nx(), ny = elements.ny(), locals = static_cast<int>(elements.local().size());
    const std::vector<int> counts = element_counts(elements);

    // Elements first, each on its own.
    std::vector<std::unique_ptr<Box>> leaves(static_cast<std::size_t>(nx * ny));
    parallel_for(nx * ny, static_cast<std::size_t>(locals) * static_cast<std::size_t>(locals), [&](std::ptrdiff_t e) {
        const int ex = static_cast<int>(e) / ny, ey = static_cast<int>(e) % ny;
        Matrix<T> whole(locals, locals);
        matrix(ex, ey, std::span<T>(whole.data(), static_cast<std::size_t>(whole.size())));
        auto box = std::make_unique<Box>();
        std::vector<int> inner, outer;
        for (int l = 0; l < locals; ++l) {
            const int g = elements.global(ex, ey, l);
            if (g < 0) continue;
            const bool alone = counts[static_cast<std::size_t>(g)] == 1;
            (alone ? inner : outer).push_back(l);
            (alone ? box->inside : box->border).push_back(g);
        }
        box->eliminate(whole(inner, inner), whole(inner, outer), whole(outer, outer));
        leaves[static_cast<std::size_t>(e)] = std::move(box);
    });

    std::vector<int> place(static_cast<std::size_t>(elements.size())), seen(place.size(), 0);
    // How many of an unknown's elements lie in the box that is being closed is found from the borders of its halves:
    // an unknown that both share is counted by both.
    const std::function<std::unique_ptr<Box>(Range, std::vector<int>&)> close =
        [&](Range range, std::vector<int>& inside_count) -> std::unique_ptr<Box> {
        if (range.is_element()) {
            auto box = std::move(leaves[static_cast<std::size_t>(range.x0 * ny + range.y0)]);
            inside_count.assign(box->border.size(), 1);
            return box;
        }
        if (between_boxes) between_boxes();
        const auto [a, b] = range.halves();
        std::vector<int> in_first, in_second;
        auto box = std::make_unique<Box>();
        box->first = close(a, in_first);
        box->second = close(b, in_second);
        std::vector<int> all = box->first->border;
        for (std::size_t i = 0; i < in_first.size(); ++i)
            seen[static_cast<std::size_t>(box->first->border[i])] = in_first[i];
        for (std::size_t i = 0; i < in_second.size(); ++i) {
            const int g = box->second->border[i];
            if (seen[static_cast<std::size_t>(g)] == 0) all.push_back(g);
            seen[static_cast<std::size_t>(g)] += in_second[i];
        }
        inside_count.clear();
        for (const int g : all) {
            int& count = seen[static_cast<std::size_t>(g)];
            if (count == counts[static_cast<std::size_t>(g)]) {
                place[static_cast<std::size_t>(g)] = static_cast<int>(box->inside.size());
                box->inside.push_back(g);
            } else {
                place[static_cast<std::size_t>(g)] = -1 - static_cast<int>(box->border.size());
                box->border.push_back(g);
                inside_count.push_back(count);
            }
            count = 0;
        }
        const auto n = static_cast<Eigen::Index>(box->inside.size()), m = static_cast<Eigen::Index>(box->border.size());
        Matrix<T> own = Matrix<T>::Zero(n, n), across = Matrix<T>::Zero(n, m), rest = Matrix<T>::Zero(m, m);
        for (Box* half : {box->first.get(), box->second.get()}) {
            Box::gather(*half, place, own, across, rest);
            half->left.resize(0, 0);
        }
        box->eliminate(own, across, std::move(rest));
        return box;
    };
    std::vector<int> none;
    root_ = close({0, nx, 0, ny}, none);
    root_->left.resize(0, 0);
    bytes_ = root_->bytes();
}

template <typename T>
NestedDissection<T>::NestedDissection(NestedDissection&&) noexcept = default;
template <typename T>
NestedDissection<T>& NestedDissection<T>::operator=(NestedDissection&&) noexcept = default;
template <typename T>
NestedDissection<T>::~NestedDissection() = default;

template <typename T>
void NestedDissection<T>::solve(std::span<T> x) const {
    root_->forward(x);
    root_->backward(x);
}

template <typename T>
std::size_t NestedDissection<T>::bytes() const noexcept {
    return bytes_;
}

template <typename T>
std::size_t NestedDissection<T>::bytes_for(const TensorElements& elements) {
    // Half of each element's block is kept; the separators above take about as much.
    const auto locals = elements.local().size();
    return sizeof(T) * locals * locals * static_cast<std::size_t>(elements.nx() * elements.ny());
}

template class NestedDissection<double>;
template class NestedDissection<std::complex<double>>;

}  // namespace vitral::kernels
