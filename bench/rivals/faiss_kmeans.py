"""Faiss's k-means: the comparison of `argent bench build`."""

import faiss


class Training:
    """One training over rows that are already the sample: as many rounds as asked for, over all rows."""

    def __init__(self, rows, request):
        faiss.omp_set_num_threads(request["threads"])
        self.rows, self.lists, dim = rows, request["lists"], rows.shape[1]
        self.clustering = faiss.Clustering(dim, self.lists)
        self.clustering.niter = request["rounds"]
        self.clustering.spherical = request["spherical"]
        # No second sampling: the rows are the sample of every engine.
        self.clustering.max_points_per_centroid = (len(rows) + self.lists - 1) // self.lists
        self.index = faiss.IndexFlatIP(dim) if request["spherical"] else faiss.IndexFlatL2(dim)

    def run(self):
        self.clustering.train(self.rows, self.index)

    def centroids(self):
        return faiss.vector_to_array(self.clustering.centroids).reshape(self.lists, self.rows.shape[1])
