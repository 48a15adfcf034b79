using Argent.Kernels;

namespace Argent.Publish;

/// <summary>The items divided into lists and placed in slots.</summary>
/// <param name="Clustering">How the lists were found.</param>
/// <param name="Assignment">The list of each item.</param>
/// <param name="Layout">The slot of each item.</param>
/// <param name="Centroids">What queries are compared with to choose lists.</param>
sealed record ItemLists(Clustering Clustering, ListAssignment Assignment, ListLayout Layout, ListCentroids Centroids)
{
    /// <summary>Places the items of an assignment.</summary>
    public static ItemLists Of(
        EmbeddedItems items, Clustering clustering, ListAssignment assignment, double spareShare, Workers workers)
    {
        var members = new ListMembers(assignment.Lists, assignment.NList);
        var layout = ListLayout.Of(members, spareShare);
        bool isEuclidean = clustering.Bias.IsPresent;
        var centroids = ListCentroids.Of(items.Rows, items.Bias, members, clustering.Centroids, isEuclidean, workers);
        return new ItemLists(clustering, assignment, layout, centroids);
    }

    /// <summary>The figures of the report.</summary>
    public ListsReport Report()
    {
        int[] sizes = [.. Layout.Count.ToArray().Order()];
        double mean = sizes.Average();
        return new ListsReport(
            sizes.Length, Layout.Slots, sizes[0], sizes[sizes.Length / 2], mean, sizes[^1], sizes[^1] / mean,
            Assignment.Moved, Clustering.SampleRows, Clustering.Reseeded, Clustering.Objective, sizes);
    }
}
