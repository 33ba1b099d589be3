using System.Collections.Concurrent;
using IotTelemetry.Cloud.Gateways;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Commands;

/// <summary>
/// A gateway that does what SPECIFICATION.md, section 7 says, and the broker before it: messages and answers lie in order until the test delivers, doubles, delays or drops them. Its journal
/// is durable; its clock may differ from the cloud's by any time. One per test; thread-safe.
/// </summary>
internal sealed class ModelGateway(GatewayId id, TimeProvider time, TimeSpan clockDifference = default) : IGatewayLink
{
    private readonly Lock _gate = new();
    private readonly List<(MqttMessage Message, DateTimeOffset At)> _inbox = [];
    private readonly List<CommandResult> _outbox = [];
    private readonly Dictionary<(Guid Id, CommandPhase Phase), CommandResult> _journal = [];
    private readonly Dictionary<string, (Guid Id, PointValue Value)> _reservations = [];

    public GatewayId Id { get; } = id;

    /// <summary>What an output is set to, by asset.</summary>
    public ConcurrentDictionary<string, PointValue> Outputs { get; } = new();

    /// <summary>Commands that moved an output, in order; one that moved it twice stands here twice.</summary>
    public ConcurrentQueue<Guid> Moved { get; } = new();

    /// <summary>Whether the gateway takes its clock for right, so that it decides what is expired beside the life that is left.</summary>
    public bool TrustsItsClock { get; init; }

    /// <summary>Whether an output has feedback.</summary>
    public bool HasFeedback { get; init; } = true;

    /// <summary>Whether the feedback shows what the output was set to.</summary>
    public bool FeedbackAgrees { get; set; } = true;

    /// <summary>What a command is answered with instead of being tried.</summary>
    public CommandCode? Refusal { get; set; }

    /// <summary>Whether the broker takes messages.</summary>
    public bool IsReachable { get; set; } = true;

    /// <summary>Whether the gateway is connected: the broker knows nobody else to give its messages to.</summary>
    public bool IsConnected { get; private set; } = true;

    /// <summary>Looked at before the broker takes a message: what must hold then.</summary>
    public Func<Command, Task> BeforeSend { get; set; } = _ => Task.CompletedTask;

    /// <summary>All commands that were published, in order.</summary>
    public ConcurrentQueue<Command> Published { get; } = new();

    /// <summary>The sets of lockouts that were published, in order.</summary>
    public ConcurrentQueue<LockoutSet> Lockouts { get; } = new();

    /// <summary>Messages that lie at the broker.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _inbox.Count;
            }
        }
    }

    public void Receive(TopicKind kind, GatewayMessageHandler handler)
    {
        // The test takes the answers to the desk itself.
    }

    public async ValueTask<bool> SendAsync(GatewayId gateway, MqttMessage message, CancellationToken cancellationToken)
    {
        if (!IsReachable)
        {
            throw new GatewayLinkException("a fault of the test");
        }

        if (message.Topic == new GatewayTopics(Id).Lockouts)
        {
            Assert.True(message.Retain);
            Lockouts.Enqueue(LockoutSet.Decode(message.Payload.Span));
            return IsConnected;
        }

        Assert.Equal(new GatewayTopics(Id).Command, message.Topic);
        Assert.False(message.Retain);
        Command command = Command.Decode(message.Payload.Span);
        await BeforeSend(command);
        lock (_gate)
        {
            if (!IsConnected)
            {
                return false;
            }

            Published.Enqueue(command);
            _inbox.Add((message, time.GetUtcNow()));
            return true;
        }
    }

    /// <summary>The connection ends, and with it what lies at the broker: the session of a gateway is no longer than its connection.</summary>
    public void Disconnect()
    {
        lock (_gate)
        {
            IsConnected = false;
            _inbox.Clear();
        }
    }

    /// <summary>The gateway is connected again.</summary>
    public void Connect() => IsConnected = true;

    /// <summary>The broker brings the next message that has not expired, once or twice; false when there is none.</summary>
    public bool Deliver(bool twice = false)
    {
        lock (_gate)
        {
            _inbox.RemoveAll(waiting => time.GetUtcNow() >= waiting.At + waiting.Message.MessageExpiry);
            if (_inbox.Count == 0)
            {
                return false;
            }

            (MqttMessage message, DateTimeOffset at) = _inbox[0];
            _inbox.RemoveAt(0);
            Take(Command.Decode(message.Payload.Span));
            if (twice)
            {
                Take(Command.Decode(message.Payload.Span));
            }

            return true;
        }
    }

    /// <summary>Everything that lies at the broker is lost.</summary>
    public void LoseMessages()
    {
        lock (_gate)
        {
            _inbox.Clear();
        }
    }

    /// <summary>Takes one of the answers that wait, the n-th; null when there is none. It stays when it is to come twice.</summary>
    public CommandResult? TakeAnswer(int index, bool twice = false)
    {
        lock (_gate)
        {
            if (_outbox.Count == 0)
            {
                return null;
            }

            CommandResult answer = _outbox[index % _outbox.Count];
            if (!twice)
            {
                _outbox.RemoveAt(index % _outbox.Count);
            }

            return answer;
        }
    }

    private void Take(Command command)
    {
        if (_journal.TryGetValue((command.Id, command.Phase), out CommandResult? known))
        {
            _outbox.Add(known);
            return;
        }

        if (command.LifeMs <= 0 || (TrustsItsClock && NowMs >= command.ExpiresMs))
        {
            Answer(command, CommandState.Expired, CommandCode.Expired);
            return;
        }

        if (Refusal is { } code)
        {
            Answer(command, CommandState.Rejected, code);
            return;
        }

        switch (command.Phase)
        {
            case CommandPhase.Select:
                _reservations[command.Asset] = (command.Id, command.Value!.Value);
                Answer(command, CommandState.Selected, CommandCode.Ok);
                break;
            case CommandPhase.Cancel:
                Answer(command, _reservations.Remove(command.Asset) ? CommandState.Cancelled : CommandState.Rejected, CommandCode.Ok);
                break;
            case CommandPhase.Operate when _reservations.GetValueOrDefault(command.Asset) != (command.Id, command.Value!.Value):
                Answer(command, CommandState.Rejected, CommandCode.NotSelected);
                break;
            default:
                Operate(command);
                break;
        }
    }

    private void Operate(Command command)
    {
        _reservations.Remove(command.Asset);
        Answer(command, CommandState.Accepted, CommandCode.Ok);
        Moved.Enqueue(command.Id);
        Outputs[command.Asset] = command.Value!.Value;
        Answer(command, CommandState.Executed, CommandCode.Ok, HasFeedback ? NowMs + 2000 : null);
        if (HasFeedback)
        {
            Answer(command, FeedbackAgrees ? CommandState.Verified : CommandState.Failed, FeedbackAgrees ? CommandCode.Ok : CommandCode.SensorDisagrees);
        }
    }

    private void Answer(Command command, CommandState state, CommandCode code, long? verifyByMs = null)
    {
        CommandResult result = new()
        {
            Id = command.Id,
            Phase = command.Phase,
            State = state,
            Code = code,
            Observed = command.Value is { } value ? (FeedbackAgrees ? value : PointValue.Of(!value.Boolean)) : null,
            ObservedAtMs = command.Value is null ? null : NowMs,
            VerifyByMs = verifyByMs,
            AtMs = NowMs,
        };
        _journal[(command.Id, command.Phase)] = result;
        _outbox.Add(CommandResult.Decode(result.Encode()));
    }

    private long NowMs => (time.GetUtcNow() + clockDifference).ToUnixTimeMilliseconds();
}
