// A C interface to hnswlib's headers, so that the benchmark can compile them for this machine: Debian's Python module
// has neither AVX nor FMA. Errors return a number other than 0, or null.
#include <hnswlib/hnswlib.h>

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Index {
    std::unique_ptr<hnswlib::SpaceInterface<float>> space;
    std::unique_ptr<hnswlib::HierarchicalNSW<float>> graph;
    size_t dim;
};

std::unique_ptr<hnswlib::SpaceInterface<float>> MakeSpace(int is_l2, size_t dim) {
    if (is_l2) return std::make_unique<hnswlib::L2Space>(dim);
    return std::make_unique<hnswlib::InnerProductSpace>(dim);
}

}  // namespace

extern "C" {

void *hnsw_build(const float *rows, int64_t count, int64_t dim, int is_l2, int m, int ef_construction, int threads) {
    try {
        auto index = std::make_unique<Index>();
        index->dim = dim;
        index->space = MakeSpace(is_l2, dim);
        index->graph = std::make_unique<hnswlib::HierarchicalNSW<float>>(index->space.get(), count, m, ef_construction);
        index->graph->addPoint(rows, 0);
        std::atomic<int64_t> next{1};
        auto work = [&] {
            for (int64_t i = next++; i < count; i = next++) index->graph->addPoint(rows + i * dim, i);
        };
        std::vector<std::thread> crew;
        for (int t = 1; t < threads; t++) crew.emplace_back(work);
        work();
        for (auto &thread : crew) thread.join();
        return index.release();
    } catch (const std::exception &) {
        return nullptr;
    }
}

void *hnsw_load(const char *path, int64_t dim, int is_l2) {
    try {
        auto index = std::make_unique<Index>();
        index->dim = dim;
        index->space = MakeSpace(is_l2, dim);
        index->graph = std::make_unique<hnswlib::HierarchicalNSW<float>>(index->space.get(), std::string(path));
        return index.release();
    } catch (const std::exception &) {
        return nullptr;
    }
}

int hnsw_save(void *handle, const char *path) {
    try {
        static_cast<Index *>(handle)->graph->saveIndex(path);
        return 0;
    } catch (const std::exception &) {
        return 1;
    }
}

// Labels of the best k of each query, best first, -1 where there are fewer.
int hnsw_search(void *handle, const float *queries, int64_t count, int64_t k, int64_t ef, int64_t *labels) {
    try {
        auto *index = static_cast<Index *>(handle);
        index->graph->setEf(ef);
        for (int64_t q = 0; q < count; q++) {
            auto found = index->graph->searchKnn(queries + q * index->dim, k);
            int64_t *row = labels + q * k;
            for (int64_t i = found.size(); i < k; i++) row[i] = -1;
            for (int64_t i = static_cast<int64_t>(found.size()) - 1; i >= 0; i--) {
                row[i] = static_cast<int64_t>(found.top().second);
                found.pop();
            }
        }
        return 0;
    } catch (const std::exception &) {
        return 1;
    }
}

void hnsw_free(void *handle) { delete static_cast<Index *>(handle); }

}  // extern "C"
