using System.Net;
using System.Text.Json;
using IotTelemetry.Cloud.Tests.Service;
using IotTelemetry.Cloud.Tests.Support;

namespace IotTelemetry.Cloud.Tests.Api;

public sealed class EventsTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ServiceProcess _service = fixture.Service;

    [Fact]
    public async Task Changes_are_streamed_and_a_reader_that_comes_back_gets_what_it_missed()
    {
        string id;
        using (EventReader events = await EventReader.OpenAsync(_service.Http, "api/events?asset=harbour/late-1", null))
        {
            await SendAsync("late", 1);
            (string asset, id) = await events.ReadAsync("asset");
            Assert.Equal("harbour/late-1", JsonDocument.Parse(asset).RootElement.GetProperty("id").GetString());
        }

        await SendAsync("later", 2);
        using EventReader again = await EventReader.OpenAsync(_service.Http, "api/events?asset=harbour/later-0", id);
        Assert.Contains("harbour/later-0", (await again.ReadAsync("asset")).Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Id_of_another_run_begins_anew()
    {
        using EventReader events = await EventReader.OpenAsync(_service.Http, "api/events", "0123456789ab-5");
        await events.ReadAsync("reset");
    }

    [Theory]
    [InlineData("api/events?state=free")]
    [InlineData("api/events?asset=bay")]
    [InlineData("api/events?tag=x")]
    public async Task What_cannot_be_chosen_is_refused(string address)
    {
        using HttpResponseMessage answer = await _service.Http.GetAsync(new Uri(address, UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private async Task SendAsync(string prefix, int gateway)
    {
        TestGateway sender = new($"gw-{prefix}-{gateway}", bays: 2, assetPrefix: prefix);
        Assert.True(await new OutboxClient(sender, 7, [sender.Frame(7, 1, readings: 6)]).RunAsync(_service.MqttPort));
    }
}
