using System.Text;
using Argent.Model;

namespace Argent.Serving.Tests;

public class RetrievalRequestJsonTests
{
    static RetrievalRequest Read(string json) => RetrievalRequestJson.Read(Encoding.UTF8.GetBytes(json), "save");

    [Fact]
    public void Every_key_is_read()
    {
        var request = Read("""
            { "user": { "id": "42", "features": { "country": "DE", "age": 7 }, "history": ["17", 2051] }, "k": 10,
              "filter": "language = 'eng'", "exclude": ["17"], "only": ["1", "2"], "nprobe": 32, "rescore": 0, "value": "save",
              "blend": {"pool": 300}, "deadlineMs": 80, "explain": false }
            """);
        Assert.Equal("42", request.User.Id);
        Assert.Equal("7", request.User.Features!["age"]);
        Assert.Equal(["17", "2051"], request.User.History!["save"]);
        Assert.Equal(
            (10, 32, "language = 'eng'", "save", 80.0),
            (request.K, request.NProbe, request.Filter, request.Value, request.DeadlineMs));
        Assert.Equal(0, request.Rescore);
        Assert.Equal(["17"], request.Exclude!);
        Assert.Equal(["1", "2"], request.Only!);
        Assert.Equal("""{"pool": 300}""", request.Blend);
    }

    [Fact]
    public void Absent_and_null_keys_are_defaults()
    {
        foreach (string json in new[] { "{}", """{"user":null,"k":null,"filter":null,"value":null}""" })
        {
            var request = Read(json);
            Assert.Equal(new RetrievalRequest().K, request.K);
            Assert.Null(request.Filter);
            Assert.Null(request.Rescore);
            Assert.Null(request.User.History);
        }
    }

    [Fact]
    public void A_history_may_name_its_tasks()
    {
        var request = Read("""{"user":{"history":{"save":["1"],"like":["2","3"]}}}""");
        Assert.Equal(["2", "3"], request.User.History!["like"]);
    }

    [Fact]
    public void A_value_may_be_an_object()
    {
        var request = RetrievalRequestJson.Read("""{"value":{"score":"2 * save"}}"""u8.ToArray(), "save");
        Assert.Equal("""{"score":"2 * save"}""", request.Value);
    }

    [Fact]
    public void A_filter_may_be_an_object()
    {
        var request = Read("""{"filter":{"must":[{"language":"eng"}]}}""");
        Assert.Equal(FilterLanguage.Parse("language = 'eng'").ToString(), FilterLanguage.Parse(request.Filter!).ToString());
    }

    [Theory]
    [InlineData("""{"usr":{}}""", "user")]
    [InlineData("""{"user":{"histroy":[]}}""", "history")]
    [InlineData("""{"k":"ten"}""", "'k'")]
    [InlineData("""{"k":1.5}""", "'k'")]
    [InlineData("""{"k":99999999999}""", "'k'")]
    [InlineData("""{"filter":7}""", "'filter'")]
    [InlineData("""{"exclude":"17"}""", "'exclude'")]
    [InlineData("""{"exclude":[[1]]}""", "'exclude'")]
    [InlineData("""{"user":{"vectors":[1,2]}}""", "vectors")]
    [InlineData("""{"user":{"vectors":[["x"]]}}""", "vectors")]
    [InlineData("""{"user":{"history":5}}""", "history")]
    [InlineData("""{"deadlineMs":"soon"}""", "deadlineMs")]
    [InlineData("""{"explain":"yes"}""", "'explain'")]
    [InlineData("""{"blend":"mmr"}""", "'blend'")]
    [InlineData("""{"blend":[]}""", "'blend'")]
    [InlineData("""{"item":"17"}""", "item")]
    [InlineData("""{"value":3}""", "'value' must be a text or an object")]
    [InlineData("""[1]""", "object")]
    [InlineData("""{"k":1""", "JSON")]
    [InlineData("", "JSON")]
    public void A_wrong_request_is_refused_with_the_key(string json, string named)
    {
        var error = Assert.Throws<RequestException>(() => Read(json));
        Assert.Equal(RequestErrorKind.BadRequest, error.Kind);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_to_explain_names_an_item_beside_the_keys_of_retrieve()
    {
        var json = Encoding.UTF8.GetBytes("""{"user":{"history":["17"]},"k":10,"item":2051,"explain":true}""");
        var (request, item) = RetrievalRequestJson.ReadExplain(json, "save");
        Assert.Equal((10, "2051", false), (request.K, item, request.Explain));
        Assert.Null(RetrievalRequestJson.ReadExplain("{}"u8.ToArray(), "save").Item);
        Assert.True(Read("""{"explain":true}""").Explain);
        var error = Assert.Throws<RequestException>(() => RetrievalRequestJson.ReadExplain("""{"itm":1}"""u8.ToArray(), "save"));
        Assert.Contains("Did you mean 'item'?", error.Message, StringComparison.Ordinal);
    }
}
